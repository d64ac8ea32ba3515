// What fusion reports: each kernel, what is taken into a product's epilogue, each elementwise value that is kept in memory, and
// each pair of kernels that one could wish to be one, with the reason; what is computed again.
// (Updates in place: in-place.mlir.)
// RUN: sinter-opt %s --sinter-decompose --canonicalize --cse --convert-sinter-to-linalg --canonicalize --cse \
// RUN:   --sinter-fuse-kernels --remark-policy=all --remarks-filter=fusion -o /dev/null 2>&1 \
// RUN:   | FileCheck %s --implicit-check-not=remark:
// RUN: sinter-opt %s --sinter-decompose --canonicalize --cse --convert-sinter-to-linalg --canonicalize --cse \
// RUN:   --sinter-fuse-kernels --remark-policy=all --remarks-filter=schedule -o /dev/null 2>&1 | count 0

// CHECK: [[#@LINE+4]]:8: remark: [Passed] epilogue | Category:fusion | Function=one_kernel | Remark="2 ops that follow from the product are computed on its tiles", Stored=1
// CHECK: [[#@LINE+3]]:8: remark: [Passed] kernel | Category:fusion | Function=one_kernel | Kernel=linear_tanh#0, Remark="kernel 'linear_tanh' of strategy contraction from linear, tanh", inputs=3, outputs=1
func.func @one_kernel(%x: tensor<?x4xf32>, %w: tensor<8x4xf32>, %b: tensor<8xf32>)
    -> tensor<?x8xf32> {
  %y = sinter.linear %x, %w, %b : (tensor<?x4xf32>, tensor<8x4xf32>, tensor<8xf32>) -> tensor<?x8xf32>
  %t = sinter.tanh %y : tensor<?x8xf32>
  return %t : tensor<?x8xf32>
}

// CHECK: [[#@LINE+9]]:8: remark: [Missed] prologue | Category:fusion | Function=operand_of_a_product | Cycles=[[FUSED:[0-9]+]],
// CHECK-SAME: Reason="computed where it is read, it would take [[FUSED]] cycles instead of [[SEPARATE:[0-9]+]]", Remark="what 1 product(s) read is made by a kernel of its own", Separate=[[SEPARATE]]
// CHECK: [[#@LINE+7]]:8: remark: [Passed] kernel {{.*}} Remark="kernel 'exp' of strategy map from exp", inputs=1, outputs=1
// CHECK: [[#@LINE+7]]:8: remark: [Passed] kernel {{.*}} Remark="kernel 'linear' of strategy contraction from linear"
// CHECK: [[#@LINE+5]]:8: remark: [Missed] materialized | Category:fusion | Function=operand_of_a_product |
// CHECK-SAME: Reason="operands of a product are read from memory", Remark="the result of exp is kept in memory"
// CHECK: remark: [Missed] separate {{.*}} Function=operand_of_a_product | From=exp#0, Kernel=linear#0, Reason="operands of a product are read from memory", Remark="'exp#0' and 'linear#0', which reads its result, are two kernels"
func.func @operand_of_a_product(%x: tensor<64x256xf32>, %w: tensor<512x256xf32>)
    -> tensor<64x512xf32> {
  %e = sinter.exp %x : tensor<64x256xf32>
  %y = sinter.linear %e, %w : (tensor<64x256xf32>, tensor<512x256xf32>) -> tensor<64x512xf32>
  return %y : tensor<64x512xf32>
}

// CHECK: remark: [Passed] kernel {{.*}} Function=read_elsewhere | {{.*}}Remark="kernel 'exp' of strategy map
// CHECK: remark: [Passed] kernel {{.*}} Function=read_elsewhere | {{.*}}Remark="kernel 'transpose' of strategy loops
// CHECK: remark: [Missed] materialized {{.*}} Function=read_elsewhere | Reason="it is read at other places than it is computed at", Remark="the result of exp
// CHECK: remark: [Missed] separate {{.*}} Function=read_elsewhere | From=exp#0, Kernel=transpose#0, Reason="it is read at other places than it is computed at"
func.func @read_elsewhere(%x: tensor<6x4xf32>) -> tensor<4x6xf32> {
  %e = sinter.exp %x : tensor<6x4xf32>
  %y = sinter.transpose %e [1, 0] : tensor<6x4xf32> -> tensor<4x6xf32>
  return %y : tensor<4x6xf32>
}

// CHECK: remark: [Passed] kernel {{.*}} Function=before_and_after | {{.*}}Remark="kernel 'exp_tanh' of strategy map from exp, tanh", inputs=1, outputs=2
// CHECK: remark: [Passed] kernel {{.*}} Function=before_and_after | {{.*}}Remark="kernel 'transpose' of strategy loops
// CHECK: remark: [Passed] kernel {{.*}} Function=before_and_after | {{.*}}Remark="kernel 'add' of strategy map from add", inputs=2, outputs=1
// CHECK: remark: [Missed] materialized {{.*}} Reason="one kernel would have to run before and after another", Remark="the result of exp
// CHECK: remark: [Missed] materialized {{.*}} Reason="it is read at other places than it is computed at", Remark="the result of tanh
// CHECK: remark: [Missed] separate {{.*}} From=exp_tanh#0, Kernel=transpose#0, Reason="it is read at other places than it is computed at"
// CHECK: remark: [Missed] separate {{.*}} From=exp_tanh#0, Kernel=add#0, Reason="one kernel would have to run before and after another"
// CHECK: remark: [Missed] separate {{.*}} From=transpose#0, Kernel=add#0, Reason="a transposition, gather or reduction of its kind is a kernel of its own"
func.func @before_and_after(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %e = sinter.exp %x : tensor<4x4xf32>
  %a = sinter.tanh %e : tensor<4x4xf32>
  %t = sinter.transpose %a [1, 0] : tensor<4x4xf32> -> tensor<4x4xf32>
  %y = sinter.add %e, %t : tensor<4x4xf32>
  return %y : tensor<4x4xf32>
}

// CHECK: remark: [Passed] kernel {{.*}} Function=other_extents | {{.*}}Remark="kernel 'exp' of strategy map
// CHECK: remark: [Passed] kernel {{.*}} Function=other_extents | {{.*}}Remark="kernel 'add' of strategy map
// CHECK: remark: [Missed] materialized {{.*}} Reason="the reader's loops have other extents", Remark="the result of exp
// CHECK: remark: [Missed] separate {{.*}} Function=other_extents | From=exp#0, Kernel=add#0, Reason="the reader's loops have other extents"
func.func @other_extents(%x: tensor<?x8xf32>, %b: tensor<8xf32>) -> tensor<?x8xf32> {
  %e = sinter.exp %b : tensor<8xf32>
  %r = sinter.broadcast %e dims = [1] : tensor<8xf32> -> tensor<?x8xf32>
  %y = sinter.add %x, %r : tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}

// CHECK: remark: [Missed] partial-sums {{.*}} Function=other_strategy | Reason="what is added up stays in the first-level cache of 32768 bytes"
// CHECK: remark: [Passed] kernel {{.*}} Function=other_strategy | {{.*}}Remark="kernel 'exp' of strategy row from exp, reduce", inputs=1, outputs=2
// CHECK: remark: [Passed] kernel {{.*}} Function=other_strategy | {{.*}}Remark="kernel 'reduce' of strategy column from reduce", inputs=1, outputs=1
// CHECK: remark: [Missed] materialized {{.*}} Reason="the reader belongs to another strategy's kernel, and computing it again is not cheap"
// CHECK: remark: [Missed] separate {{.*}} Function=other_strategy | From=exp#0, Kernel=reduce#0, Reason="the reader belongs to another strategy's kernel
func.func @other_strategy(%x: tensor<?x8xf32>) -> (tensor<?xf32>, tensor<8xf32>) {
  %b = sinter.exp %x : tensor<?x8xf32>
  %r = sinter.reduce sum %b dims = [1] : tensor<?x8xf32> -> tensor<?xf32>
  %s = sinter.reduce sum %b dims = [0] : tensor<?x8xf32> -> tensor<8xf32>
  return %r, %s : tensor<?xf32>, tensor<8xf32>
}

// Sums of rows and of columns are two kernels; negating twice is cheaper than keeping the result.
// CHECK: remark: [Missed] partial-sums {{.*}} Function=computed_again
// CHECK: remark: [Passed] kernel {{.*}} Function=computed_again
// CHECK: remark: [Passed] kernel {{.*}} Function=computed_again
// CHECK: remark: [Passed] recomputed | Category:fusion | Function=computed_again | Cost=1, Kernel={{.*}}, Remark="the result of negate is computed again in '{{.*}}', not kept in memory"
func.func @computed_again(%x: tensor<?x8xf32>) -> (tensor<?xf32>, tensor<8xf32>) {
  %n = sinter.negate %x : tensor<?x8xf32>
  %r = sinter.reduce max %n dims = [1] : tensor<?x8xf32> -> tensor<?xf32>
  %s = sinter.reduce sum %n dims = [0] : tensor<?x8xf32> -> tensor<8xf32>
  return %r, %s : tensor<?xf32>, tensor<8xf32>
}

// CHECK: [[#@LINE+2]]:8: remark: [Passed] kernel {{.*}} Function=constant_result | Kernel=fill#0, Remark="kernel 'fill' of strategy map from a constant"
func.func @constant_result() -> tensor<8xf32> {
  %c = sinter.constant dense<0.0> : tensor<8xf32> -> tensor<8xf32>
  return %c : tensor<8xf32>
}
