// Rules of elementwise ops: which values they read. Numbers are tested by derivatives-test and kinks.mlir.
// RUN: sinter-opt %s --sinter-differentiate --canonicalize --cse --symbol-dce | FileCheck %s

func.func private @sigmoid_of(%x: tensor<?x4xf32>) -> tensor<f32> {
  %y = sinter.sigmoid %x : tensor<?x4xf32>
  %s = sinter.reduce sum %y dims = [0, 1] : tensor<?x4xf32> -> tensor<f32>
  return %s : tensor<f32>
}
// y (1 - y), from the result.
// CHECK-LABEL: func.func @sigmoid
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>
// CHECK-DAG: %[[ONE:.*]] = sinter.constant dense<1.0{{.*}}> : tensor<1x4xf32> -> tensor<?x4xf32>
// CHECK: %[[Y:.*]] = sinter.sigmoid %[[X]]
// CHECK-NEXT: %[[Z:.*]] = sinter.sub %[[ONE]], %[[Y]]
// CHECK-NEXT: %[[G:.*]] = sinter.mul %[[Y]], %[[Z]]
// CHECK-NEXT: return %[[G]]
func.func @sigmoid(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %s, %g = sinter.value_and_grad @sigmoid_of(%x) wrt [0] : (tensor<?x4xf32>) -> (tensor<f32>, tensor<?x4xf32>)
  return %g : tensor<?x4xf32>
}

func.func private @relu_of(%x: tensor<4xf32>, %w: tensor<4xf32>) -> tensor<f32> {
  %y = sinter.relu %x : tensor<4xf32>
  %z = sinter.mul %y, %w : tensor<4xf32>
  %s = sinter.reduce sum %z dims = [0] : tensor<4xf32> -> tensor<f32>
  return %s : tensor<f32>
}
// The mask comes from the result: the input need not be kept.
// CHECK-LABEL: func.func @relu
// CHECK-SAME: %[[X:.*]]: tensor<4xf32>, %[[W:.*]]: tensor<4xf32>
// CHECK: %[[ZERO:.*]] = sinter.constant dense<0.0
// CHECK: %[[Y:.*]] = sinter.relu %[[X]]
// CHECK-NEXT: %[[MASK:.*]] = sinter.compare gt, %[[Y]], %[[ZERO]]
// CHECK-NEXT: %[[G:.*]] = sinter.select %[[MASK]], %[[W]], %[[ZERO]]
// CHECK-NEXT: return %[[G]]
func.func @relu(%x: tensor<4xf32>, %w: tensor<4xf32>) -> tensor<4xf32> {
  %s, %g = sinter.value_and_grad @relu_of(%x, %w) wrt [0]
      : (tensor<4xf32>, tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>)
  return %g : tensor<4xf32>
}

func.func private @steps_of(%x: tensor<4xf32>) -> tensor<f32> {
  %y = sinter.floor %x : tensor<4xf32>
  %i = sinter.convert %x : tensor<4xf32> to tensor<4xi32>
  %z = sinter.convert %i : tensor<4xi32> to tensor<4xf32>
  %a = sinter.add %y, %z : tensor<4xf32>
  %s = sinter.reduce sum %a dims = [0] : tensor<4xf32> -> tensor<f32>
  return %s : tensor<f32>
}
// Nothing flows through rounding or integers.
// CHECK-LABEL: func.func @steps
// CHECK-NEXT: %[[ZERO:.*]] = sinter.constant dense<0.0
// CHECK-NEXT: return %[[ZERO]]
func.func @steps(%x: tensor<4xf32>) -> tensor<4xf32> {
  %s, %g = sinter.value_and_grad @steps_of(%x) wrt [0] : (tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>)
  return %g : tensor<4xf32>
}

func.func private @mixed_of(%x: tensor<4xf32>, %w: tensor<4xf64>) -> tensor<f64> {
  %y = sinter.convert %x : tensor<4xf32> to tensor<4xf64>
  %z = sinter.div %w, %y : tensor<4xf64>
  %s = sinter.reduce sum %z dims = [0] : tensor<4xf64> -> tensor<f64>
  return %s : tensor<f64>
}
// A cotangent has its primal's type.
// CHECK-LABEL: func.func @mixed
// CHECK: %[[Y:.*]] = sinter.convert %{{.*}} : tensor<4xf32> to tensor<4xf64>
// CHECK: %[[DY:.*]] = sinter.negate %{{.*}} : tensor<4xf64>
// CHECK: %[[DX:.*]] = sinter.convert %[[DY]] : tensor<4xf64> to tensor<4xf32>
// CHECK: return %[[DX]]
func.func @mixed(%x: tensor<4xf32>, %w: tensor<4xf64>) -> tensor<4xf32> {
  %s, %g = sinter.value_and_grad @mixed_of(%x, %w) wrt [0]
      : (tensor<4xf32>, tensor<4xf64>) -> (tensor<f64>, tensor<4xf32>)
  return %g : tensor<4xf32>
}

func.func private @dropout_of(%x: tensor<?x4xf32>, %w: tensor<?x4xf32>, %seed: tensor<i64>, %step: tensor<i64>) -> tensor<f32> {
  %y = sinter.dropout %x rate = 0.25 key(%seed, %step) stream = 3 : tensor<?x4xf32>
  %z = sinter.mul %y, %w : tensor<?x4xf32>
  %s = sinter.reduce sum %z dims = [0, 1] : tensor<?x4xf32> -> tensor<f32>
  return %s : tensor<f32>
}
// The same mask on the cotangent.
// CHECK-LABEL: func.func @dropout
// CHECK-SAME: %[[W:[^:]*]]: tensor<?x4xf32>, %[[SEED:[^:]*]]: tensor<i64>, %[[STEP:[^:]*]]: tensor<i64>
// CHECK: %[[G:.*]] = sinter.dropout %[[W]] rate = 2.500000e-01 key(%[[SEED]], %[[STEP]]) stream = 3
// CHECK-NEXT: return %[[G]]
func.func @dropout(%x: tensor<?x4xf32>, %w: tensor<?x4xf32>, %seed: tensor<i64>, %step: tensor<i64>) -> tensor<?x4xf32> {
  %s, %g = sinter.value_and_grad @dropout_of(%x, %w, %seed, %step) wrt [0]
      : (tensor<?x4xf32>, tensor<?x4xf32>, tensor<i64>, tensor<i64>) -> (tensor<f32>, tensor<?x4xf32>)
  return %g : tensor<?x4xf32>
}
