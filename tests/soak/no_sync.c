/* For the control of `power.rs`: a program that is told that everything is on the disk, and nothing is. */
#define _GNU_SOURCE
#include <stddef.h>
#include <sys/types.h>

int fsync(int file) { (void)file; return 0; }
int fdatasync(int file) { (void)file; return 0; }
int sync_file_range(int file, off64_t from, off64_t count, unsigned flags)
{
    (void)file; (void)from; (void)count; (void)flags;
    return 0;
}
int msync(void *address, size_t length, int flags)
{
    (void)address; (void)length; (void)flags;
    return 0;
}
