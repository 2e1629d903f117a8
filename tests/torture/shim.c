/* Disks that fail: preloaded before a program, it lets the N-th operation on files below one folder fail, write
   short, tear, or be the last thing that the program does. What is to happen stands in memory that is shared
   with every fork, and so does what happened: tests/torture/disk_faults.py reads and writes it.

   Operations that do not pass libc (none of ours) are not seen. */

#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define SEEN 16384
#define PLACE 200

enum { PASS, FAIL, SHORT, TEAR, KILL_BEFORE, KILL_AFTER };

/* The names of operations, one bit each in `lasting`. */
enum { OPEN, MAKE, READ, WRITE, SYNC, RENAME, LINK, UNLINK, MKDIR, RMDIR, TRUNCATE, CLOSE, CHMOD, LOCK, STAT, LIST };

struct seen {
  int operation;
  char place[PLACE];
};

struct plan {
  int is_armed;
  int action;
  int error;
  unsigned lasting; /* with this bit mask, every such operation from the N-th on */
  long nth;         /* from 1; 0 only counts */
  long count;
  long struck;
  char below[1024];
  struct seen seen[SEEN];
};

static struct plan *plan;

struct plan *disk_plan(void) {
  if (!plan) {
    plan = mmap(NULL, sizeof *plan, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (plan == MAP_FAILED) plan = NULL;
  }
  return plan;
}

static int is_below(const char *path) {
  size_t length = strlen(plan->below);
  return strncmp(path, plan->below, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

static void where(int folder, const char *path, char *out, size_t size) {
  char link[64], base[1024];
  ssize_t length;
  if (path && path[0] == '/') {
    snprintf(out, size, "%s", path);
    return;
  }
  if (folder == AT_FDCWD) snprintf(link, sizeof link, "/proc/self/cwd");
  else snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
  length = readlink(link, base, sizeof base - 1);
  base[length > 0 ? length : 0] = '\0';
  if (path && path[0]) snprintf(out, size, "%s/%s", base, path);
  else snprintf(out, size, "%s", base);
}

static void die(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

/* What is to happen to this operation. */
static int strike(int operation, int folder, const char *path) {
  char place[1400];
  long number;
  int is_hit;
  if (!plan || !plan->is_armed) return PASS;
  where(folder, path, place, sizeof place);
  if (!is_below(place)) return PASS;
  number = __sync_add_and_fetch(&plan->count, 1);
  if (number <= SEEN) {
    struct seen *seen = &plan->seen[number - 1];
    seen->operation = operation;
    snprintf(seen->place, sizeof seen->place, "%s", place + strlen(plan->below));
  }
  is_hit = plan->nth && (plan->lasting ? number >= plan->nth && (plan->lasting >> operation & 1)
                                       : number == plan->nth);
  if (!is_hit) return PASS;
  __sync_add_and_fetch(&plan->struck, 1);
  if (plan->action == KILL_BEFORE) die();
  return plan->action;
}

#define REAL(name)                         \
  static __typeof__(name) *real;           \
  if (!real) real = dlsym(RTLD_NEXT, #name)
#define END(result)                        \
  do {                                     \
    if (hit == KILL_AFTER) die();          \
    return result;                         \
  } while (0)
#define REFUSE(hit, value)                 \
  if ((hit) == FAIL) {                     \
    errno = plan->error;                   \
    return value;                          \
  }
#define SIMPLE(name, operation, folder, path, ...)  \
  int hit = strike(operation, folder, path);        \
  int result;                                       \
  REAL(name);                                       \
  REFUSE(hit, -1)                                   \
  result = real(__VA_ARGS__);                       \
  END(result)

static int kind_of(int flags) { return flags & (O_CREAT | O_TRUNC) ? MAKE : OPEN; }

#define OPENS(name)                                                   \
  int name(const char *path, int flags, ...) {                        \
    mode_t mode = 0;                                                  \
    if (flags & (O_CREAT | O_TMPFILE)) {                              \
      va_list more;                                                   \
      va_start(more, flags);                                          \
      mode = va_arg(more, mode_t);                                    \
      va_end(more);                                                   \
    }                                                                 \
    SIMPLE(name, kind_of(flags), AT_FDCWD, path, path, flags, mode);  \
  }
#define OPENS_AT(name)                                                    \
  int name(int folder, const char *path, int flags, ...) {                \
    mode_t mode = 0;                                                      \
    if (flags & (O_CREAT | O_TMPFILE)) {                                  \
      va_list more;                                                       \
      va_start(more, flags);                                              \
      mode = va_arg(more, mode_t);                                        \
      va_end(more);                                                       \
    }                                                                     \
    SIMPLE(name, kind_of(flags), folder, path, folder, path, flags, mode); \
  }
OPENS(open)
OPENS(open64)
OPENS_AT(openat)
OPENS_AT(openat64)
int creat(const char *path, mode_t mode) { SIMPLE(creat, MAKE, AT_FDCWD, path, path, mode); }
int creat64(const char *path, mode_t mode) { SIMPLE(creat64, MAKE, AT_FDCWD, path, path, mode); }

#define READS(name, PARAMETERS, ...)                       \
  ssize_t name PARAMETERS {                                \
    int hit = strike(READ, file, NULL);                    \
    REAL(name);                                            \
    REFUSE(hit, -1)                                        \
    if (hit == SHORT && size > 1) size = (size + 1) / 2;   \
    END(real(__VA_ARGS__));                                \
  }
READS(read, (int file, void *data, size_t size), file, data, size)
READS(pread, (int file, void *data, size_t size, off_t at), file, data, size, at)
READS(pread64, (int file, void *data, size_t size, off64_t at), file, data, size, at)

#define WRITES(name, PARAMETERS, ...)                                     \
  ssize_t name PARAMETERS {                                               \
    int hit = strike(WRITE, file, NULL);                                  \
    ssize_t result;                                                       \
    REAL(name);                                                           \
    REFUSE(hit, -1)                                                       \
    if ((hit == SHORT || hit == TEAR) && size > 1) size = size / 2;       \
    result = real(__VA_ARGS__);                                           \
    if (hit == TEAR) {                                                    \
      errno = plan->error;                                                \
      return -1;                                                          \
    }                                                                     \
    END(result);                                                          \
  }
WRITES(write, (int file, const void *data, size_t size), file, data, size)
WRITES(pwrite, (int file, const void *data, size_t size, off_t at), file, data, size, at)
WRITES(pwrite64, (int file, const void *data, size_t size, off64_t at), file, data, size, at)
ssize_t writev(int file, const struct iovec *pieces, int size) {
  int hit = strike(WRITE, file, NULL);
  ssize_t result;
  REAL(writev);
  REFUSE(hit, -1)
  result = real(file, pieces, (hit == SHORT || hit == TEAR) && size > 1 ? size / 2 : size);
  if (hit == TEAR) {
    errno = plan->error;
    return -1;
  }
  END(result);
}

int fsync(int file) { SIMPLE(fsync, SYNC, file, NULL, file); }
int fdatasync(int file) { SIMPLE(fdatasync, SYNC, file, NULL, file); }
int rename(const char *from, const char *to) { SIMPLE(rename, RENAME, AT_FDCWD, to, from, to); }
int renameat(int one, const char *from, int other, const char *to) {
  SIMPLE(renameat, RENAME, other, to, one, from, other, to);
}
int renameat2(int one, const char *from, int other, const char *to, unsigned flags) {
  SIMPLE(renameat2, RENAME, other, to, one, from, other, to, flags);
}
int link(const char *from, const char *to) { SIMPLE(link, LINK, AT_FDCWD, to, from, to); }
int linkat(int one, const char *from, int other, const char *to, int flags) {
  SIMPLE(linkat, LINK, other, to, one, from, other, to, flags);
}
int symlink(const char *from, const char *to) { SIMPLE(symlink, LINK, AT_FDCWD, to, from, to); }
int unlink(const char *path) { SIMPLE(unlink, UNLINK, AT_FDCWD, path, path); }
int unlinkat(int folder, const char *path, int flags) {
  SIMPLE(unlinkat, flags & AT_REMOVEDIR ? RMDIR : UNLINK, folder, path, folder, path, flags);
}
int mkdir(const char *path, mode_t mode) { SIMPLE(mkdir, MKDIR, AT_FDCWD, path, path, mode); }
int mkdirat(int folder, const char *path, mode_t mode) {
  SIMPLE(mkdirat, MKDIR, folder, path, folder, path, mode);
}
int rmdir(const char *path) { SIMPLE(rmdir, RMDIR, AT_FDCWD, path, path); }
int ftruncate(int file, off_t size) { SIMPLE(ftruncate, TRUNCATE, file, NULL, file, size); }
int ftruncate64(int file, off64_t size) { SIMPLE(ftruncate64, TRUNCATE, file, NULL, file, size); }
int fchmod(int file, mode_t mode) { SIMPLE(fchmod, CHMOD, file, NULL, file, mode); }
int chmod(const char *path, mode_t mode) { SIMPLE(chmod, CHMOD, AT_FDCWD, path, path, mode); }
int flock(int file, int how) { SIMPLE(flock, LOCK, file, NULL, file, how); }

int close(int file) {
  /* It is closed all the same: so says the manual, and so it is. */
  int hit = strike(CLOSE, file, NULL), result;
  REAL(close);
  result = real(file);
  REFUSE(hit, -1)
  END(result);
}

int stat(const char *path, struct stat *out) { SIMPLE(stat, STAT, AT_FDCWD, path, path, out); }
int stat64(const char *path, struct stat64 *out) { SIMPLE(stat64, STAT, AT_FDCWD, path, path, out); }
int lstat(const char *path, struct stat *out) { SIMPLE(lstat, STAT, AT_FDCWD, path, path, out); }
int lstat64(const char *path, struct stat64 *out) { SIMPLE(lstat64, STAT, AT_FDCWD, path, path, out); }
int fstat(int file, struct stat *out) { SIMPLE(fstat, STAT, file, NULL, file, out); }
int fstat64(int file, struct stat64 *out) { SIMPLE(fstat64, STAT, file, NULL, file, out); }
int fstatat(int folder, const char *path, struct stat *out, int flags) {
  SIMPLE(fstatat, STAT, folder, path, folder, path, out, flags);
}
int fstatat64(int folder, const char *path, struct stat64 *out, int flags) {
  SIMPLE(fstatat64, STAT, folder, path, folder, path, out, flags);
}

DIR *opendir(const char *path) {
  int hit = strike(LIST, AT_FDCWD, path);
  DIR *result;
  REAL(opendir);
  REFUSE(hit, NULL)
  result = real(path);
  END(result);
}
DIR *fdopendir(int file) {
  int hit = strike(LIST, file, NULL);
  DIR *result;
  REAL(fdopendir);
  REFUSE(hit, NULL)
  result = real(file);
  END(result);
}
