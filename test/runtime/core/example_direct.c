/* Drives a compiled model with nothing but its artifact and libc. */
#include <sinter-rt/artifact.h>

#include <stdlib.h>
#include <string.h>

extern const sinter_artifact linear_artifact;

static void *block(uint64_t bytes) { /* aligned_alloc wants a multiple of the alignment */
  const size_t mask = linear_artifact.alignment - 1, size = ((size_t)bytes + mask) & ~mask;
  void *data = aligned_alloc(linear_artifact.alignment, size);
  return data ? memset(data, 0, size) : NULL;
}

int main(void) {
  const float x[2][4] = {{1, 0, 0, 0}, {0, 1, 0, 0}}, y[2] = {2, 3};
  const void *inputs[] = {x}, *targets[] = {y};
  float loss = 0;
  sinter_step_args args = {0};
  if (linear_artifact.magic != SINTER_ARTIFACT_MAGIC || linear_artifact.abi_version != SINTER_ABI_VERSION)
    return 1;
  args.struct_size = sizeof args;
  args.state = block(linear_artifact.state_bytes);
  args.scratch = block(linear_artifact.scratch_bytes);
  args.inputs = inputs;
  args.targets = targets;
  args.loss = &loss;
  args.rows = 2; /* fewer than `batch`: only these two count */
  args.learning_rate = 0.05;
  if (!args.state || !args.scratch || linear_artifact.init(&args))
    return 1;
  for (args.step = 1; args.step <= 100; ++args.step) /* parallel_for is NULL: one thread */
    if (linear_artifact.train_step(&args))
      return 1;
  free(args.state);
  free(args.scratch);
  return !(loss < 0.01f);
}
