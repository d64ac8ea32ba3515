// A weight gradient takes its parameter's update where the state does not stay in a cache; the gradient is then nowhere in
// memory. Not if the norm of all gradients has to be known first, nor if it is told not to.
// DEFINE: %{step} = sinter-opt --sinter-to-model --sinter-to-step=batch=8 --sinter-decompose --canonicalize --cse \
// DEFINE:   --convert-sinter-to-linalg --canonicalize --cse --remark-policy=all --remarks-filter=fusion
// RUN: %{step} %s --sinter-fuse-kernels=cache-bytes=0 2>&1 | FileCheck %s --check-prefixes=FUSED
// RUN: %{step} %s --sinter-fuse-kernels -o /dev/null 2>&1 | FileCheck %s --check-prefixes=CACHED
// RUN: %{step} %s --sinter-fuse-kernels="cache-bytes=0 without=updates" -o /dev/null 2>&1 | FileCheck %s --check-prefixes=TOLD
// RUN: sed 's/sgd {/sgd {clip_global_norm = 1.0, /' %s | %{step} --sinter-fuse-kernels=cache-bytes=0 -o /dev/null 2>&1 | FileCheck %s --check-prefixes=CLIPPED
// RUN: not sinter-opt %s --sinter-fuse-kernels=without=update 2>&1 | FileCheck %s --check-prefix=UNKNOWN

sinter.parameter @w : tensor<3x6xf32> = kaiming_uniform(2.236)
sinter.parameter @b : tensor<3xf32> = zeros
sinter.model @m(%x: tensor<?x6xf32>) -> tensor<?x3xf32> {
  %w, %b = sinter.get @w, @b : tensor<3x6xf32>, tensor<3xf32>
  %y = sinter.linear %x, %w, %b : (tensor<?x6xf32>, tensor<3x6xf32>, tensor<3xf32>) -> tensor<?x3xf32>
  sinter.return %y : tensor<?x3xf32>
}
sinter.loss @l(%y: tensor<?x3xf32>, %t: tensor<?x3xf32>) -> tensor<f32> {
  %l = sinter.mse_loss %y, %t : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<f32>
  sinter.return %l : tensor<f32>
}
sinter.optimizer sgd {momentum = 0.9}

// FUSED: remark: [Passed] update | Category:fusion | Function=train_step | Remark="a gradient's product takes the parameter's update"
// FUSED-LABEL: func.func @train_step(
// FUSED-SAME: %[[W:[^:]*]]: tensor<3x6xf32> {sinter.name = "w", {{[^}]*}}}, %{{[^:]*}}: tensor<3xf32> {{[^}]*}}},
// FUSED-SAME: %[[MOMENTUM:[^:]*]]: tensor<3x6xf32> {sinter.name = "w.momentum_buffer"
// The product and both results of the update, in the places of the old values.
// FUSED: sinter.kernel "sgd" source [{{.*}}] ins({{.*}}) outs(%[[W]], %[[MOMENTUM]] : tensor<3x6xf32>, tensor<3x6xf32>)
// FUSED: linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "reduction"]
// FUSED: linalg.generic {{.*}} iterator_types = ["parallel", "parallel"]

// CACHED: remark: [Missed] update | Category:fusion | Function=train_step | Reason="the state stays in a cache of 16777216 bytes from step to step", Remark="a gradient is kept in memory for the parameter's update"
// TOLD: remark: [Missed] update {{.*}} Reason="it was asked not to"
// CLIPPED: remark: [Missed] update {{.*}} Reason="something else has to happen between them"
// UNKNOWN: unknown kind of fusion 'update', expected epilogues, prologues, updates, rows, partials, columns, maps, transpositions, launches or phases
