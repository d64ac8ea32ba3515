/* How is a file replaced in one go? See file.h.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include <sinter-rt/file.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUFFER_BYTES = 64 * 1024 };

struct sinter_output {
  char *path;      /* as the caller named it; for messages */
  char *target;    /* what is replaced: `path` with symbolic links followed */
  char *temporary; /* NULL when `target` is written directly */
  int descriptor;
  bool failed;
  size_t buffered;
  char buffer[BUFFER_BYTES];
};

static sinter_status cannotWrite(const char *path, const char *what, int error) {
  return sinter_fail(SINTER_IO, "cannot write '%s': %s: %s", path, what, strerror(error));
}

static void freeOutput(sinter_output *output) {
  free(output->path);
  free(output->target);
  free(output->temporary);
  free(output);
}

/* Names the target and, unless it is a device or a pipe, the temporary file. */
static sinter_status nameFiles(sinter_output *output, const char *path) {
  struct stat found;
  const bool exists = stat(path, &found) == 0;
  if (exists && S_ISDIR(found.st_mode))
    return sinter_fail(SINTER_IO, "cannot write '%s': expected a file, found a directory", path);
  output->path = strdup(path);
  output->target = exists ? realpath(path, NULL) : strdup(path);
  if (exists && !output->target && errno != ENOMEM)
    output->target = strdup(path); /* /dev/stdout that leads to a pipe has no real path */
  const bool direct = exists && !S_ISREG(found.st_mode);
  if (output->path && output->target && !direct &&
      asprintf(&output->temporary, "%s.tmp.%ld", output->target, (long)getpid()) < 0)
    output->temporary = NULL;
  if (!output->path || !output->target || (!direct && !output->temporary))
    return sinter_fail(SINTER_OUT_OF_MEMORY, "cannot write '%s': out of memory", path);
  return SINTER_OK;
}

/* ENOENT for a file that is to be created means its directory, with few exceptions such as /proc. */
static sinter_status cannotCreate(const sinter_output *output, int error) {
  const char *slash = strrchr(output->path, '/');
  char *directory = slash > output->path ? strndup(output->path, (size_t)(slash - output->path)) : NULL;
  const bool missing = error == ENOENT && directory && access(directory, F_OK) != 0;
  free(directory);
  return missing ? sinter_fail(SINTER_IO, "cannot write '%s': its directory does not exist", output->path)
                 : cannotWrite(output->path, "cannot create a file there", error);
}

sinter_status sinter_output_open(const char *path, sinter_output **result) {
  if (!result)
    return sinter_fail(SINTER_INVALID_ARGUMENT, "sinter_output_open: expected a place for the output, found NULL");
  *result = NULL;
  if (!path || !*path)
    return sinter_fail(SINTER_INVALID_ARGUMENT, "output file: expected a path, found none");
  sinter_output *output = calloc(1, sizeof *output);
  if (!output)
    return sinter_fail(SINTER_OUT_OF_MEMORY, "cannot write '%s': out of memory", path);
  sinter_status status = nameFiles(output, path);
  if (status == SINTER_OK) {
    output->descriptor = output->temporary
                             ? open(output->temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666)
                             : open(output->path, O_WRONLY | O_CLOEXEC);
    if (output->descriptor < 0)
      status = cannotCreate(output, errno);
  }
  if (status != SINTER_OK) {
    freeOutput(output);
    return status;
  }
  *result = output;
  return SINTER_OK;
}

static sinter_status writeAll(sinter_output *output, const char *data, size_t bytes) {
  while (bytes > 0) {
    const ssize_t written = write(output->descriptor, data, bytes < (1u << 30) ? bytes : (1u << 30));
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0) {
      output->failed = true;
      return cannotWrite(output->path, "writing failed", errno);
    }
    data += written;
    bytes -= (size_t)written;
  }
  return SINTER_OK;
}

static sinter_status flushBuffer(sinter_output *output) {
  const size_t bytes = output->buffered;
  output->buffered = 0;
  return writeAll(output, output->buffer, bytes);
}

sinter_status sinter_output_write(sinter_output *output, const void *data, size_t bytes) {
  if (output->failed)
    return sinter_fail(SINTER_IO, "cannot write '%s': an earlier write failed", output->path);
  if (bytes > sizeof output->buffer - output->buffered) {
    const sinter_status status = flushBuffer(output);
    if (status != SINTER_OK)
      return status;
  }
  if (bytes > sizeof output->buffer)
    return writeAll(output, data, bytes);
  if (bytes > 0)
    memcpy(output->buffer + output->buffered, data, bytes);
  output->buffered += bytes;
  return SINTER_OK;
}

/* Makes the renaming durable. Not all file systems can: nothing is left to be undone by then, so failures are ignored.
 */
static void syncDirectoryOf(char *target) {
  char *slash = strrchr(target, '/');
  if (slash)
    slash[slash == target] = '\0';
  const int directory = open(slash ? target : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0)
    return;
  (void)!fsync(directory);
  close(directory);
}

/* A file that is replaced keeps its permissions. */
static void keepMode(const sinter_output *output) {
  struct stat former;
  if (stat(output->target, &former) == 0)
    (void)!fchmod(output->descriptor, former.st_mode & 07777);
}

static sinter_status replaceTarget(sinter_output *output) {
  keepMode(output);
  if (fsync(output->descriptor) != 0)
    return cannotWrite(output->path, "syncing failed", errno);
  const int descriptor = output->descriptor;
  output->descriptor = -1;
  if (close(descriptor) != 0)
    return cannotWrite(output->path, "closing failed", errno);
  if (rename(output->temporary, output->target) != 0)
    return cannotWrite(output->path, "renaming the temporary file failed", errno);
  free(output->temporary);
  output->temporary = NULL;
  syncDirectoryOf(output->target);
  return SINTER_OK;
}

sinter_status sinter_output_commit(sinter_output *output) {
  sinter_status status = output->failed
                             ? sinter_fail(SINTER_IO, "cannot write '%s': an earlier write failed", output->path)
                             : flushBuffer(output);
  if (status == SINTER_OK && output->temporary)
    status = replaceTarget(output);
  sinter_output_discard(output);
  return status;
}

void sinter_output_discard(sinter_output *output) {
  if (!output)
    return;
  if (output->descriptor >= 0)
    close(output->descriptor);
  if (output->temporary)
    unlink(output->temporary);
  freeOutput(output);
}

sinter_status sinter_output_check(const char *path) {
  struct stat found;
  if (path && stat(path, &found) == 0 && !S_ISREG(found.st_mode) && !S_ISDIR(found.st_mode))
    return access(path, W_OK) == 0 ? SINTER_OK : cannotWrite(path, "no permission", errno);
  sinter_output *output;
  const sinter_status status = sinter_output_open(path, &output);
  if (status == SINTER_OK)
    sinter_output_discard(output);
  return status;
}
