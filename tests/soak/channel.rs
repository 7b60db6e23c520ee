//! Made-up bytes on the stream between the processes.
