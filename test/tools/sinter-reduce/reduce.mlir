// What does not matter for the symptom goes.
// RUN: sinter-reduce %s -reduction-tree='traversal-mode=0 test=%S/Inputs/has-tanh.sh' | FileCheck %s

// CHECK-NOT: @unrelated
func.func @unrelated(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = sinter.exp %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}

// CHECK: func.func @culprit
// CHECK: sinter.tanh
func.func @culprit(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = sinter.tanh %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}
