"""The statistics on the screen: what is asked of the library, and what it is shown as."""
