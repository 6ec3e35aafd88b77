/* Records what a process asks of its disk: every write, sync, rename, with the bytes.
 *
 * Preloaded into a child (LD_PRELOAD). Calls on files under PANAH_POWER_ROOT, and what is printed on
 * descriptor 1, are carried out and then appended to PANAH_POWER_LOG, one at a time and in the order in which
 * they happened. tests/power/disk.py reads the log; a call that it does not know of shows there as a
 * difference between the log played to its end and the real folder.
 *
 * The calls go to the kernel directly: nothing of libc is looked up, so nothing can loop back here.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOST 4096

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
static uint64_t inode_of[MOST]; /* 0: not ours */
static const char *root;
static size_t root_length;
static int out = -1;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("PANAH_POWER_LOG");
    root = getenv("PANAH_POWER_ROOT");
    if (path == NULL || root == NULL)
        return;
    root_length = strlen(root);
    out = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static int is_ours(const char *path) {
    return out >= 0 && path != NULL && strncmp(path, root, root_length) == 0 &&
           (path[root_length] == '/' || path[root_length] == '\0');
}

struct head {
    char kind;
    uint64_t inode;
    int64_t number;
    uint32_t first, second;
} __attribute__((packed));

static void note(char kind, uint64_t inode, int64_t number, const void *first, size_t a, const void *second, size_t b) {
    struct head head = {kind, inode, number, (uint32_t)a, (uint32_t)b};
    struct iovec parts[3] = {{&head, sizeof head}, {(void *)first, a}, {(void *)second, b}};
    if (syscall(SYS_writev, out, parts, 3) != (long)(sizeof head + a + b))
        abort(); /* a log with a hole would prove nothing */
}

static uint64_t inode(int descriptor) {
    struct stat found;
    return fstat(descriptor, &found) == 0 ? (uint64_t)found.st_ino : 0;
}

/* -- names */

static int opened(int folder, const char *path, int flags, mode_t mode) {
    if (!is_ours(path))
        return (int)syscall(SYS_openat, folder, path, flags, mode);
    pthread_mutex_lock(&one_at_a_time);
    int made = (flags & O_CREAT) && syscall(SYS_faccessat, AT_FDCWD, path, F_OK) != 0;
    int descriptor = (int)syscall(SYS_openat, folder, path, flags, mode);
    if (descriptor >= 0 && descriptor < MOST) {
        inode_of[descriptor] = inode(descriptor);
        if (made)
            note('C', inode_of[descriptor], 0, path, strlen(path), NULL, 0);
        else if (flags & O_TRUNC)
            note('T', inode_of[descriptor], 0, NULL, 0, NULL, 0);
        note('O', inode_of[descriptor], (flags & O_DIRECTORY) != 0, path, strlen(path), NULL, 0);
    }
    pthread_mutex_unlock(&one_at_a_time);
    return descriptor;
}

#define TAKE_MODE(flags, mode)                                                                                        \
    mode_t mode = 0;                                                                                                  \
    if ((flags) & (O_CREAT | O_TMPFILE)) {                                                                            \
        va_list rest;                                                                                                 \
        va_start(rest, flags);                                                                                        \
        mode = va_arg(rest, mode_t);                                                                                  \
        va_end(rest);                                                                                                 \
    }

int open(const char *path, int flags, ...) {
    TAKE_MODE(flags, mode)
    return opened(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    TAKE_MODE(flags, mode)
    return opened(AT_FDCWD, path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...) {
    TAKE_MODE(flags, mode)
    return opened(folder, path, flags, mode);
}

int openat64(int folder, const char *path, int flags, ...) {
    TAKE_MODE(flags, mode)
    return opened(folder, path, flags, mode);
}

int close(int descriptor) {
    if (descriptor >= 0 && descriptor < MOST)
        inode_of[descriptor] = 0;
    return (int)syscall(SYS_close, descriptor);
}

static int named(char kind, long answer, const char *first, const char *second) {
    if (answer == 0)
        note(kind, 0, 0, first, strlen(first), second, second ? strlen(second) : 0);
    return (int)answer;
}

#define ON_NAMES(kind, call, first, second)                                                                           \
    if (!is_ours(first))                                                                                              \
        return (int)(call);                                                                                           \
    pthread_mutex_lock(&one_at_a_time);                                                                               \
    int answer = named(kind, (call), first, second);                                                                  \
    pthread_mutex_unlock(&one_at_a_time);                                                                             \
    return answer;

int rename(const char *old, const char *new) {
    ON_NAMES('R', syscall(SYS_renameat2, AT_FDCWD, old, AT_FDCWD, new, 0), old, new)
}

int renameat(int from, const char *old, int to, const char *new) {
    ON_NAMES('R', syscall(SYS_renameat2, from, old, to, new, 0), old, new)
}

int unlink(const char *path) { ON_NAMES('U', syscall(SYS_unlinkat, AT_FDCWD, path, 0), path, NULL) }

int rmdir(const char *path) { ON_NAMES('D', syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR), path, NULL) }

int mkdir(const char *path, mode_t mode) { ON_NAMES('M', syscall(SYS_mkdirat, AT_FDCWD, path, mode), path, NULL) }

/* -- bytes */

static int is_watched(int descriptor) {
    return out >= 0 && descriptor >= 0 && descriptor < MOST && inode_of[descriptor] != 0;
}

ssize_t write(int descriptor, const void *bytes, size_t length) {
    if (out >= 0 && descriptor == 1) { /* what was said to the world: an acknowledgement */
        pthread_mutex_lock(&one_at_a_time);
        note('A', 0, 0, bytes, length, NULL, 0);
        ssize_t told = syscall(SYS_write, descriptor, bytes, length);
        pthread_mutex_unlock(&one_at_a_time);
        return told;
    }
    if (!is_watched(descriptor))
        return syscall(SYS_write, descriptor, bytes, length);
    pthread_mutex_lock(&one_at_a_time);
    ssize_t written = syscall(SYS_write, descriptor, bytes, length);
    if (written > 0)
        note('W', inode_of[descriptor], lseek(descriptor, 0, SEEK_CUR) - written, bytes, (size_t)written, NULL, 0);
    pthread_mutex_unlock(&one_at_a_time);
    return written;
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t length, off64_t at) {
    if (!is_watched(descriptor))
        return syscall(SYS_pwrite64, descriptor, bytes, length, at);
    pthread_mutex_lock(&one_at_a_time);
    ssize_t written = syscall(SYS_pwrite64, descriptor, bytes, length, at);
    if (written > 0)
        note('W', inode_of[descriptor], at, bytes, (size_t)written, NULL, 0);
    pthread_mutex_unlock(&one_at_a_time);
    return written;
}

ssize_t pwrite(int descriptor, const void *bytes, size_t length, off_t at) {
    return pwrite64(descriptor, bytes, length, at);
}

int ftruncate64(int descriptor, off64_t size) {
    if (!is_watched(descriptor))
        return (int)syscall(SYS_ftruncate, descriptor, size);
    pthread_mutex_lock(&one_at_a_time);
    int answer = (int)syscall(SYS_ftruncate, descriptor, size);
    if (answer == 0)
        note('T', inode_of[descriptor], size, NULL, 0, NULL, 0);
    pthread_mutex_unlock(&one_at_a_time);
    return answer;
}

int ftruncate(int descriptor, off_t size) { return ftruncate64(descriptor, size); }

static int synced(long call, int descriptor) {
    if (!is_watched(descriptor))
        return (int)syscall(call, descriptor);
    pthread_mutex_lock(&one_at_a_time);
    int answer = (int)syscall(call, descriptor);
    if (answer == 0)
        note('S', inode_of[descriptor], 0, NULL, 0, NULL, 0);
    pthread_mutex_unlock(&one_at_a_time);
    return answer;
}

int fsync(int descriptor) { return synced(SYS_fsync, descriptor); }

int fdatasync(int descriptor) { return synced(SYS_fdatasync, descriptor); }
