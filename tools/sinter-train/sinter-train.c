/* How is a model compiled to a shared library trained without linking anything? sinter-train opens it and offers the
 * commands that an executable of the model would have.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include <sinter-rt/artifact_loader.h>
#include <sinter-rt/train.h>

#include <stdio.h>
#include <string.h>

static const char usage[] =
    "Drives a model that was compiled to a shared library.\n"
    "\n"
    "Usage: sinter-train MODEL.so COMMAND [OPTIONS]\n"
    "\n"
    "  MODEL.so   what `sinterc model.mlir --emit=lib -o MODEL.so` wrote\n"
    "  COMMAND    train, eval, predict, info or bench; each explains itself with --help\n"
    "\n"
    "Examples:\n"
    "  sinter-train digits.so info\n"
    "  sinter-train digits.so train --data digits.csv.gz --target -1 --validation 0.2 --save digits.ckpt\n"
    "  sinter-train digits.so predict --inputs images.npy --output scores.npy --weights digits.ckpt\n";

int main(int argc, char **argv) {
  if (argc < 2) {
    fputs(usage, stderr);
    return 2;
  }
  if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
    fputs(usage, stdout);
    return 0;
  }
  sinter_library *library;
  if (sinter_library_open(argv[1], NULL, &library) != SINTER_OK) {
    fprintf(stderr, "error: %s\n", sinter_last_error());
    return 1;
  }
  /* The commands see "sinter-train MODEL.so" as the name of the program. */
  const char *slash = strrchr(argv[1], '/');
  char name[512];
  snprintf(name, sizeof name, "sinter-train %s", slash ? slash + 1 : argv[1]);
  argv[1] = name;
  const int status = sinter_program_main(argc - 1, argv + 1, sinter_library_artifact(library));
  sinter_library_close(library);
  return status;
}
