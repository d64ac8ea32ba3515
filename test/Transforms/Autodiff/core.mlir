// Rules of broadcast, reduce, data movement and contractions: each linear map goes back by its transpose.
// RUN: sinter-opt %s --sinter-differentiate --canonicalize --cse --symbol-dce | FileCheck %s

func.func private @weighted(%y: tensor<?x3xf32>, %w: tensor<?x3xf32>) -> tensor<f32> {
  %z = sinter.mul %y, %w : tensor<?x3xf32>
  %s = sinter.reduce sum %z dims = [0, 1] : tensor<?x3xf32> -> tensor<f32>
  return %s : tensor<f32>
}

func.func private @move(%x: tensor<?x8xf32>, %b: tensor<2xf32>, %w: tensor<?x3xf32>) -> tensor<f32> {
  %even = sinter.slice %x [0:-1:1, 1:6:4] : tensor<?x8xf32> -> tensor<?x2xf32>
  %rows = sinter.broadcast %b dims = [1] : tensor<2xf32> -> tensor<?x2xf32>
  %sum = sinter.add %even, %rows : tensor<?x2xf32>
  %pad = sinter.pad %sum value = 0.0 low = [0, 0] high = [0, 0] interior = [0, 1] : tensor<?x2xf32> -> tensor<?x3xf32>
  %s = func.call @weighted(%pad, %w) : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<f32>
  return %s : tensor<f32>
}
// CHECK-LABEL: func.func @data_movement
// CHECK-SAME: %[[W:[^:]*]]: tensor<?x3xf32>
// CHECK: %[[DSUM:.*]] = sinter.slice %[[W]] [0:-1:1, 0:3:2] : tensor<?x3xf32> -> tensor<?x2xf32>
// CHECK-NEXT: %[[DB:.*]] = sinter.reduce sum %[[DSUM]] dims = [0] : tensor<?x2xf32> -> tensor<2xf32>
// CHECK-NEXT: %[[DX:.*]] = sinter.pad %[[DSUM]] value = {{.*}} low = [0, 1] high = [0, 2] interior = [0, 3] : tensor<?x2xf32> -> tensor<?x8xf32>
// CHECK-NEXT: return %[[DX]], %[[DB]]
func.func @data_movement(%x: tensor<?x8xf32>, %b: tensor<2xf32>, %w: tensor<?x3xf32>) -> (tensor<?x8xf32>, tensor<2xf32>) {
  %s, %dx, %db = sinter.value_and_grad @move(%x, %b, %w) wrt [0, 1]
      : (tensor<?x8xf32>, tensor<2xf32>, tensor<?x3xf32>) -> (tensor<f32>, tensor<?x8xf32>, tensor<2xf32>)
  return %dx, %db : tensor<?x8xf32>, tensor<2xf32>
}

func.func private @join(%a: tensor<?x1xf32>, %b: tensor<?x2xf32>, %w: tensor<?x3xf32>) -> tensor<f32> {
  %c = sinter.concatenate %a, %b dim = 1 : (tensor<?x1xf32>, tensor<?x2xf32>) -> tensor<?x3xf32>
  %s = func.call @weighted(%c, %w) : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<f32>
  return %s : tensor<f32>
}
// CHECK-LABEL: func.func @concatenation
// CHECK-SAME: %[[W:[^:]*]]: tensor<?x3xf32>
// CHECK-NEXT: %[[DB:.*]] = sinter.slice %[[W]] [0:-1:1, 1:3:1] : tensor<?x3xf32> -> tensor<?x2xf32>
// CHECK-NEXT: return %[[DB]]
func.func @concatenation(%a: tensor<?x1xf32>, %b: tensor<?x2xf32>, %w: tensor<?x3xf32>) -> tensor<?x2xf32> {
  %s, %db = sinter.value_and_grad @join(%a, %b, %w) wrt [1]
      : (tensor<?x1xf32>, tensor<?x2xf32>, tensor<?x3xf32>) -> (tensor<f32>, tensor<?x2xf32>)
  return %db : tensor<?x2xf32>
}

func.func private @mean_of(%x: tensor<?x3xf32>) -> tensor<f32> {
  %m = sinter.reduce mean %x dims = [0, 1] : tensor<?x3xf32> -> tensor<f32>
  return %m : tensor<f32>
}
// The number of elements of this call, which may have fewer rows than the batch.
// CHECK-LABEL: func.func @mean
// CHECK: %[[ROWS:.*]] = sinter.batch_size : tensor<f32>
// CHECK-NEXT: %[[COUNT:.*]] = sinter.mul %[[ROWS]], %{{.*}} : tensor<f32>
// CHECK-NEXT: %[[SHARE:.*]] = sinter.div %{{.*}}, %[[COUNT]] : tensor<f32>
// CHECK-NEXT: %[[DX:.*]] = sinter.broadcast %[[SHARE]] dims = [] : tensor<f32> -> tensor<?x3xf32>
// CHECK-NEXT: return %[[DX]]
func.func @mean(%x: tensor<?x3xf32>) -> tensor<?x3xf32> {
  %m, %dx = sinter.value_and_grad @mean_of(%x) wrt [0] : (tensor<?x3xf32>) -> (tensor<f32>, tensor<?x3xf32>)
  return %dx : tensor<?x3xf32>
}

func.func private @product(%x: tensor<?x4xf32>, %v: tensor<4x3xf32>, %w: tensor<?x3xf32>) -> tensor<f32> {
  %y = sinter.dot_general %x, %v batch = [] x [] contract = [1] x [0] : (tensor<?x4xf32>, tensor<4x3xf32>) -> tensor<?x3xf32>
  %s = func.call @weighted(%y, %w) : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<f32>
  return %s : tensor<f32>
}
// Operands are ordered so that no transposition is needed.
// CHECK-LABEL: func.func @contraction
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x4xf32>, %[[V:[^:]*]]: tensor<4x3xf32>, %[[W:[^:]*]]: tensor<?x3xf32>
// CHECK-NEXT: %[[DX:.*]] = sinter.dot_general %[[W]], %[[V]] batch = [] x [] contract = [1] x [1] {{.*}} -> tensor<?x4xf32>
// CHECK-NEXT: %[[DV:.*]] = sinter.dot_general %[[X]], %[[W]] batch = [] x [] contract = [0] x [0] {{.*}} -> tensor<4x3xf32>
// CHECK-NEXT: return %[[DX]], %[[DV]]
func.func @contraction(%x: tensor<?x4xf32>, %v: tensor<4x3xf32>, %w: tensor<?x3xf32>) -> (tensor<?x4xf32>, tensor<4x3xf32>) {
  %s, %dx, %dv = sinter.value_and_grad @product(%x, %v, %w) wrt [0, 1]
      : (tensor<?x4xf32>, tensor<4x3xf32>, tensor<?x3xf32>) -> (tensor<f32>, tensor<?x4xf32>, tensor<4x3xf32>)
  return %dx, %dv : tensor<?x4xf32>, tensor<4x3xf32>
}
