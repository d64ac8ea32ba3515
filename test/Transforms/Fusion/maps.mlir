// Other elementwise ops: connected ones of one domain share a kernel, scalars are gathered, gathers stand alone.
// RUN: sinter-opt %s --sinter-decompose --canonicalize --cse --convert-sinter-to-linalg --canonicalize --cse \
// RUN:   --sinter-fuse-kernels | FileCheck %s

// What two results have in common is computed once; a broadcast is an indexing map.
// CHECK-LABEL: func.func @connected(
// CHECK-SAME: %[[A:[^:]*]]: tensor<?x8xf32>, %[[B:[^:]*]]: tensor<8xf32>
// CHECK: %[[KERNEL:.*]]:2 = sinter.kernel "exp_tanh" source ["add", "exp", "tanh"] ins(%[[A]], %[[B]] :
// CHECK: ^bb0(%[[IN:[^:]*]]: f32, %[[IN1:[^:]*]]: f32, %{{.*}}: f32, %{{.*}}: f32):
// CHECK-NEXT: %[[ADDF:.*]] = arith.addf %[[IN]], %[[IN1]]
// CHECK-NEXT: %[[EXP:.*]] = math.exp %[[ADDF]]
// CHECK-NEXT: %[[TANH:.*]] = math.tanh %[[ADDF]]
// CHECK-NEXT: linalg.yield %[[EXP]], %[[TANH]]
// CHECK: return %[[KERNEL]]#0, %[[KERNEL]]#1
func.func @connected(%a: tensor<?x8xf32>, %b: tensor<8xf32>) -> (tensor<?x8xf32>, tensor<?x8xf32>) {
  %r = sinter.broadcast %b dims = [1] : tensor<8xf32> -> tensor<?x8xf32>
  %0 = sinter.add %a, %r : tensor<?x8xf32>
  %1 = sinter.exp %0 : tensor<?x8xf32>
  %2 = sinter.tanh %0 : tensor<?x8xf32>
  return %1, %2 : tensor<?x8xf32>, tensor<?x8xf32>
}

// CHECK-LABEL: func.func @not_connected(
// CHECK-SAME: %[[A:[^:]*]]: tensor<?x8xf32>, %[[B:[^:]*]]: tensor<?x8xf32>
// CHECK: %[[EXP:.*]] = sinter.kernel "exp" source ["exp"] ins(%[[A]] :
// CHECK: %[[TANH:.*]] = sinter.kernel "tanh" source ["tanh"] ins(%[[B]] :
// CHECK: return %[[EXP]], %[[TANH]]
func.func @not_connected(%a: tensor<?x8xf32>, %b: tensor<?x8xf32>) -> (tensor<?x8xf32>, tensor<?x8xf32>) {
  %1 = sinter.exp %a : tensor<?x8xf32>
  %2 = sinter.tanh %b : tensor<?x8xf32>
  return %1, %2 : tensor<?x8xf32>, tensor<?x8xf32>
}

// Scalars have nothing to do with each other, but a kernel of their own would cost more than they do.
// CHECK-LABEL: func.func @scalars(
// CHECK-SAME: %[[A:[^:]*]]: tensor<f32>, %[[B:[^:]*]]: tensor<f64>, %[[X:[^:]*]]: tensor<?x8xf32>
// CHECK: %[[KERNEL:.*]]:3 = sinter.kernel "scalars" source ["exp", "tanh", "batch_size"] ins(%[[A]], %[[B]], %[[X]] :
// CHECK: %[[DIM:.*]] = tensor.dim
// CHECK: ^bb0(%[[IN:[^:]*]]: f32, %[[IN1:[^:]*]]: f64,
// CHECK-NEXT: %[[EXP:.*]] = math.exp %[[IN]]
// CHECK-NEXT: %[[TANH:.*]] = math.tanh %[[IN1]]
// CHECK-NEXT: %[[INDEX_CAST:.*]] = arith.index_cast %[[DIM]]
// CHECK-NEXT: %[[ROWS:.*]] = arith.sitofp %[[INDEX_CAST]]
// CHECK-NEXT: linalg.yield %[[EXP]], %[[TANH]], %[[ROWS]]
// CHECK: return %[[KERNEL]]#0, %[[KERNEL]]#1, %[[KERNEL]]#2
func.func @scalars(%a: tensor<f32>, %b: tensor<f64>, %x: tensor<?x8xf32>) -> (tensor<f32>, tensor<f64>, tensor<f32>) {
  %1 = sinter.exp %a : tensor<f32>
  %2 = sinter.tanh %b : tensor<f64>
  %n = sinter.batch_size : tensor<f32>
  return %1, %2, %n : tensor<f32>, tensor<f64>, tensor<f32>
}

// A gather reads memory and writes memory.
// CHECK-LABEL: func.func @around_a_gather(
// CHECK-SAME: %[[X:[^:]*]]: tensor<8x8xf32>
// CHECK: %[[EXP:.*]] = sinter.kernel "exp" source ["exp"] ins(%[[X]] :
// CHECK: %[[TRANSPOSE:.*]] = sinter.kernel "transpose" source ["transpose"] ins(%[[EXP]] :
// CHECK: %[[TANH:.*]] = sinter.kernel "tanh" source ["tanh"] ins(%[[TRANSPOSE]] :
// CHECK: return %[[TANH]]
func.func @around_a_gather(%x: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %1 = sinter.exp %x : tensor<8x8xf32>
  %t = sinter.transpose %1 [1, 0] : tensor<8x8xf32> -> tensor<8x8xf32>
  %2 = sinter.tanh %t : tensor<8x8xf32>
  return %2 : tensor<8x8xf32>
}

// A view is no kernel, nor is what is only passed on.
// CHECK-LABEL: func.func @views(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x2x3xf32>, %[[Z:[^:]*]]: tensor<8xf32>
// CHECK-NOT: sinter.kernel
// CHECK: %[[RESHAPE:.*]] = sinter.reshape %[[X]]
// CHECK: %[[EXP:.*]] = sinter.kernel "exp" source ["exp"] ins(%[[RESHAPE]] :
// CHECK-NOT: sinter.kernel
// CHECK: return %[[EXP]], %[[Z]]
func.func @views(%x: tensor<?x2x3xf32>, %z: tensor<8xf32>) -> (tensor<?x6xf32>, tensor<8xf32>) {
  %r = sinter.reshape %x : tensor<?x2x3xf32> -> tensor<?x6xf32>
  %e = sinter.exp %r : tensor<?x6xf32>
  return %e, %z : tensor<?x6xf32>, tensor<8xf32>
}
