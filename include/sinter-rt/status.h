/* How does a runtime function say what went wrong?
 *
 * Every function that can fail returns a `sinter_status`; the whole story, as one sentence that names the file or
 * operand, what was expected and what was found, is in `sinter_last_error()` of the calling thread. The library never
 * prints, exits or aborts.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SINTER_RT_STATUS_H
#define SINTER_RT_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

typedef enum sinter_status {
  SINTER_OK = 0,
  SINTER_INVALID_ARGUMENT = 1, /* a null pointer, a count out of range, a name that does not exist */
  SINTER_IO = 2,               /* the operating system refused: missing file, no permission, disk full */
  SINTER_FORMAT = 3,           /* the contents of a file are not what its format demands */
  SINTER_TRUNCATED = 4,        /* a file ends before its format says it does */
  SINTER_CORRUPT = 5,          /* a checksum does not match */
  SINTER_MISMATCH = 6,         /* well-formed, but of another model: names, shapes or element types differ */
  SINTER_ABI_MISMATCH = 7,     /* the artifact speaks another version of artifact.h */
  SINTER_OUT_OF_MEMORY = 8,
  SINTER_NOT_FINITE = 9,   /* a loss or value that is NaN or infinite */
  SINTER_INTERRUPTED = 10, /* stopped on request of the user */
  SINTER_UNSUPPORTED = 11, /* valid, but outside of what this runtime does */
  SINTER_STEP_FAILED = 12  /* a step function of the artifact returned a non-zero value */
} sinter_status;

#if defined(__GNUC__)
#define SINTER_PRINTF(format_index, first_argument) __attribute__((format(printf, format_index, first_argument), cold))
#else
#define SINTER_PRINTF(format_index, first_argument)
#endif

/* "ok", "invalid argument", "input/output error", ...; "unknown status" for a value that is no status. */
const char *sinter_status_name(sinter_status status);

/* The message of the last failure in this thread; "" when nothing has failed. Valid until the next failure in this
 * thread. A success does not clear it. */
const char *sinter_last_error(void);

/* Records a message for `sinter_last_error` (one line: control characters become '?'; cut to 2047 bytes, at a UTF-8
 * boundary) and returns `status`. The message may be built from the former one:
 * `sinter_fail(status, "%s: %s", path, sinter_last_error())`. */
sinter_status sinter_fail(sinter_status status, const char *format, ...) SINTER_PRINTF(2, 3);

#ifdef __cplusplus
}
#endif

#endif /* SINTER_RT_STATUS_H */
