// A kernel of rows that makes a gradient takes its parameter's update, and writes in its last pass over a row in the place of
// the old values, which it has read in the passes before. A value per row is updated by a kernel of its own.
// DEFINE: %{step} = sinter-opt --sinter-to-model --sinter-to-step --sinter-decompose --canonicalize --cse \
// DEFINE:   --convert-sinter-to-linalg --canonicalize --cse -split-input-file
// RUN: %{step} %s --sinter-fuse-kernels | FileCheck %s
// RUN: %{step} %s --sinter-fuse-kernels=device=true | FileCheck %s
// RUN: %{step} %s --sinter-fuse-kernels=without=updates | FileCheck %s --check-prefix=APART
// RUN: %{step} %s --sinter-fuse-kernels --remark-policy=all --remarks-filter=fusion -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// Statistics, loss and gradient of softmax cross-entropy, and Adam: each tensor of the logits' size is read and written once.
module @logits {
  sinter.parameter @x : tensor<16x12xf32> = kaiming_uniform(2.236)
  sinter.model @m(%unused: tensor<1xf32>) -> tensor<16x12xf32> {
    %x = sinter.get @x : tensor<16x12xf32>
    sinter.return %x : tensor<16x12xf32>
  }
  sinter.loss @l(%x: tensor<16x12xf32>, %class: tensor<16xi32>) -> tensor<f32> {
    %l = sinter.cross_entropy %x, %class : (tensor<16x12xf32>, tensor<16xi32>) -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer adam
}
// REMARK: 'x' is updated in place
// REMARK: 'x.exp_avg' is updated in place
// REMARK: 'x.exp_avg_sq' is updated in place
// CHECK-LABEL: func.func @train_step(
// CHECK-SAME: %[[X:[^:]*]]: tensor<16x12xf32> {sinter.name = "x", {{[^}]*}}}, %[[M:[^:]*]]: tensor<16x12xf32> {{[^}]*}}}, %[[V:[^:]*]]: tensor<16x12xf32> {{[^}]*}}}
// CHECK: %[[STEP:.*]]:4 = sinter.kernel "adam" {{.*}} outs(%{{.*}}, %[[X]], %[[M]], %[[V]] : tensor<16xf32>, tensor<16x12xf32>, tensor<16x12xf32>, tensor<16x12xf32>)
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]
// CHECK: return %[[STEP]]#1, %[[STEP]]#2, %[[STEP]]#3
// Told not to, it leaves the gradient, or what it follows from, in memory.
// APART-LABEL: func.func @train_step(
// APART: sinter.kernel "cross_entropy_softmax" {{.*}} -> tensor<16xf32>, tensor<16xf32> {
// APART: = sinter.kernel "adam" {{.*}} -> tensor<16x12xf32>, tensor<16x12xf32>, tensor<16x12xf32> {

// -----

// The temperatures of rows: where rows are computed, threads read them after the one that would write them may have done so.
module @temperatures {
  sinter.parameter @t : tensor<16xf32> = ones
  sinter.model @m(%x: tensor<16x12xf32>) -> tensor<16x12xf32> {
    %t = sinter.get @t : tensor<16xf32>
    %b = sinter.broadcast %t dims = [0] : tensor<16xf32> -> tensor<16x12xf32>
    %y = sinter.mul %x, %b : tensor<16x12xf32>
    sinter.return %y : tensor<16x12xf32>
  }
  sinter.loss @l(%x: tensor<16x12xf32>, %class: tensor<16xi32>) -> tensor<f32> {
    %l = sinter.cross_entropy %x, %class : (tensor<16x12xf32>, tensor<16xi32>) -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer sgd
}
// REMARK: 't' is updated in place
// CHECK-LABEL: module @temperatures
// CHECK: func.func @train_step(%[[T:[^:]*]]: tensor<16xf32> {sinter.name = "t"
// CHECK: sinter.kernel "cross_entropy_softmax" {{.*}} ins(%{{.*}}, %[[T]], %{{.*}} -> tensor<16xf32>, tensor<16xf32>
// CHECK: sinter.kernel "sgd" {{.*}} outs(%[[T]] : tensor<16xf32>)

// -----

// Scales of columns that are scales of rows, too: what one row's threads would overwrite, those of all others read.
module @square {
  sinter.parameter @s : tensor<12xf32> = ones
  sinter.model @m(%x: tensor<12x12xf32>) -> tensor<12x12xf32> {
    %s = sinter.get @s : tensor<12xf32>
    %c = sinter.broadcast %s dims = [1] : tensor<12xf32> -> tensor<12x12xf32>
    %r = sinter.broadcast %s dims = [0] : tensor<12xf32> -> tensor<12x12xf32>
    %z = sinter.mul %x, %c : tensor<12x12xf32>
    %y = sinter.mul %z, %r : tensor<12x12xf32>
    sinter.return %y : tensor<12x12xf32>
  }
  sinter.loss @l(%x: tensor<12x12xf32>, %class: tensor<12xi32>) -> tensor<f32> {
    %l = sinter.cross_entropy %x, %class : (tensor<12x12xf32>, tensor<12xi32>) -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer sgd
}
// REMARK: 's' is updated in place
// CHECK-LABEL: module @square
// CHECK: func.func @train_step(%[[S:[^:]*]]: tensor<12xf32> {sinter.name = "s"
// CHECK: %[[ROWS:.*]]:3 = sinter.kernel "cross_entropy_softmax" {{.*}} ins(%{{.*}}, %[[S]], %{{.*}} -> tensor<12xf32>, tensor<12x12xf32>, tensor<12xf32>
// CHECK: sinter.kernel "sgd" {{.*}} ins(%[[ROWS]]#1, %{{.*}}, %[[ROWS]]#2 :{{.*}} outs(%[[S]] : tensor<12xf32>)
