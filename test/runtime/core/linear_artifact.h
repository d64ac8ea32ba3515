/* A hand-written artifact for tests: what the compiler would emit for linear regression with SGD and momentum.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SINTER_TEST_LINEAR_ARTIFACT_H
#define SINTER_TEST_LINEAR_ARTIFACT_H

#include <sinter-rt/artifact.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { LINEAR_FEATURES = 4, LINEAR_BATCH = 64 };

/* Inputs: x [batch, 4]; targets: y [batch, 1]; outputs: prediction [batch, 1]; all f32. */
extern const sinter_artifact linear_artifact;

#ifdef __cplusplus
}
#endif

#endif /* SINTER_TEST_LINEAR_ARTIFACT_H */
