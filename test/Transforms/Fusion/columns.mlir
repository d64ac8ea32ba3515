// Sums of columns share a kernel with what is elementwise before them and with what follows on the columns.
// RUN: sinter-opt %s --sinter-decompose --canonicalize --cse --convert-sinter-to-linalg --canonicalize --cse \
// RUN:   --sinter-fuse-kernels | FileCheck %s

// CHECK-DAG: #[[MAP:.*]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-DAG: #[[MAP1:.*]] = affine_map<(d0, d1) -> (d1)>
// CHECK-DAG: #[[MAP2:.*]] = affine_map<(d0) -> (d0)>
// CHECK-DAG: #[[MAP3:.*]] = affine_map<(d0) -> ()>

// The update of a bias follows on its gradient, in the bias's place.
// CHECK-LABEL: func.func @bias_update(
// CHECK-SAME: %[[B:[^:]*]]: tensor<8xf32>{{.*}}, %[[G:[^:]*]]: tensor<?x8xf32>, %[[RATE:[^:]*]]: tensor<f32>
// CHECK: %[[KERNEL:.*]] = sinter.kernel "reduce_mul_sub" source ["reduce", "mul", "sub"] ins(%[[G]], %[[RATE]] :{{.*}} outs(%[[B]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: tensor<?x8xf32>, %[[IN1:[^:]*]]: tensor<f32>, %[[OUT:[^:]*]]: tensor<8xf32>):
// CHECK: %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
// CHECK-NEXT: %[[FILL:.*]] = linalg.fill ins(%[[ZERO]] :
// CHECK-NEXT: %[[GENERIC:.*]] = linalg.generic {indexing_maps = [#[[MAP]], #[[MAP1]]], iterator_types = ["reduction", "parallel"]}
// CHECK-SAME: ins(%[[IN]] :{{.*}} outs(%[[FILL]] :
// CHECK-NEXT: ^bb0(%[[IN2:[^:]*]]: f32, %[[OUT1:[^:]*]]: f32):
// CHECK-NEXT: %[[ADDF:.*]] = arith.addf %[[OUT1]], %[[IN2]]
// CHECK-NEXT: linalg.yield %[[ADDF]]
// CHECK: %[[GENERIC1:.*]] = linalg.generic {indexing_maps = [#[[MAP2]], #[[MAP3]], #[[MAP2]], #[[MAP2]]], iterator_types = ["parallel"]}
// CHECK-SAME: ins(%[[OUT]], %[[IN1]], %[[GENERIC]] :{{.*}} outs(%[[OUT]] :
// CHECK-NEXT: ^bb0(%[[IN3:[^:]*]]: f32, %[[IN4:[^:]*]]: f32, %[[IN5:[^:]*]]: f32, %[[OUT2:[^:]*]]: f32):
// CHECK-NEXT: %[[MULF:.*]] = arith.mulf %[[IN4]], %[[IN5]]
// CHECK-NEXT: %[[SUBF:.*]] = arith.subf %[[IN3]], %[[MULF]]
// CHECK-NEXT: linalg.yield %[[SUBF]]
// CHECK: sinter.yield %[[GENERIC1]]
// CHECK-NEXT: }
// CHECK-NEXT: return %[[KERNEL]]
func.func @bias_update(%b: tensor<8xf32> {sinter.role = "state", sinter.name = "b"}, %g: tensor<?x8xf32>, %rate: tensor<f32>)
    -> (tensor<8xf32> {sinter.role = "state", sinter.name = "b"}) {
  %s = sinter.reduce sum %g dims = [0] : tensor<?x8xf32> -> tensor<8xf32>
  %r = sinter.broadcast %rate dims = [] : tensor<f32> -> tensor<8xf32>
  %d = sinter.mul %r, %s : tensor<8xf32>
  %n = sinter.sub %b, %d : tensor<8xf32>
  return %n : tensor<8xf32>
}

// Two sums over one matrix are one pass, with the product that only the second one reads.
// CHECK-LABEL: func.func @scale_and_shift(
// CHECK-SAME: %[[G:[^:]*]]: tensor<?x8xf32>, %[[X:[^:]*]]: tensor<?x8xf32>
// CHECK: %[[KERNEL:.*]]:2 = sinter.kernel "reduce_mul" source ["reduce", "mul"] ins(%[[G]], %[[X]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: tensor<?x8xf32>, %[[IN1:[^:]*]]: tensor<?x8xf32>, %[[OUT:[^:]*]]: tensor<8xf32>, %[[OUT1:[^:]*]]: tensor<8xf32>):
// CHECK-NEXT: %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
// CHECK-NEXT: %[[FILL:.*]] = linalg.fill ins(%[[ZERO]] :{{.*}} outs(%[[OUT]] :
// CHECK-NEXT: %[[GENERIC:.*]] = linalg.generic {indexing_maps = [#[[MAP]], #[[MAP1]]], iterator_types = ["reduction", "parallel"]}
// CHECK-SAME: ins(%[[IN]] :{{.*}} outs(%[[FILL]] :
// CHECK-NEXT: ^bb0(%[[IN2:[^:]*]]: f32, %[[OUT2:[^:]*]]: f32):
// CHECK-NEXT: %[[ADDF:.*]] = arith.addf %[[OUT2]], %[[IN2]]
// CHECK-NEXT: linalg.yield %[[ADDF]]
// CHECK: %[[ZERO1:.*]] = arith.constant 0.000000e+00 : f32
// CHECK-NEXT: %[[FILL1:.*]] = linalg.fill ins(%[[ZERO1]] :{{.*}} outs(%[[OUT1]] :
// CHECK-NEXT: %[[GENERIC1:.*]] = linalg.generic {indexing_maps = [#[[MAP]], #[[MAP]], #[[MAP1]]], iterator_types = ["reduction", "parallel"]}
// CHECK-SAME: ins(%[[IN]], %[[IN1]] :{{.*}} outs(%[[FILL1]] :
// CHECK-NEXT: ^bb0(%[[IN3:[^:]*]]: f32, %[[IN4:[^:]*]]: f32, %[[OUT3:[^:]*]]: f32):
// CHECK-NEXT: %[[MULF:.*]] = arith.mulf %[[IN3]], %[[IN4]]
// CHECK-NEXT: %[[ADDF1:.*]] = arith.addf %[[OUT3]], %[[MULF]]
// CHECK-NEXT: linalg.yield %[[ADDF1]]
// CHECK: sinter.yield %[[GENERIC]], %[[GENERIC1]]
// CHECK-NEXT: }
// CHECK-NEXT: return %[[KERNEL]]#0, %[[KERNEL]]#1
func.func @scale_and_shift(%g: tensor<?x8xf32>, %x: tensor<?x8xf32>) -> (tensor<8xf32>, tensor<8xf32>) {
  %s = sinter.reduce sum %g dims = [0] : tensor<?x8xf32> -> tensor<8xf32>
  %p = sinter.mul %g, %x : tensor<?x8xf32>
  %t = sinter.reduce sum %p dims = [0] : tensor<?x8xf32> -> tensor<8xf32>
  return %s, %t : tensor<8xf32>, tensor<8xf32>
}

// Sums over matrices that have nothing in common stay apart.
// CHECK-LABEL: func.func @other_matrix(
// CHECK-SAME: %[[G:[^:]*]]: tensor<?x8xf32>, %[[X:[^:]*]]: tensor<?x8xf32>
// CHECK: %[[KERNEL:.*]] = sinter.kernel "reduce" source ["reduce"] ins(%[[G]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: tensor<?x8xf32>, %[[OUT:[^:]*]]: tensor<8xf32>):
// CHECK-NEXT: %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
// CHECK-NEXT: %[[FILL:.*]] = linalg.fill ins(%[[ZERO]] :{{.*}} outs(%[[OUT]] :
// CHECK-NEXT: %[[GENERIC:.*]] = linalg.generic {indexing_maps = [#[[MAP]], #[[MAP1]]], iterator_types = ["reduction", "parallel"]}
// CHECK-SAME: ins(%[[IN]] :{{.*}} outs(%[[FILL]] :
// CHECK-NEXT: ^bb0(%[[IN1:[^:]*]]: f32, %[[OUT1:[^:]*]]: f32):
// CHECK-NEXT: %[[ADDF:.*]] = arith.addf %[[OUT1]], %[[IN1]]
// CHECK-NEXT: linalg.yield %[[ADDF]]
// CHECK: sinter.yield %[[GENERIC]]
// CHECK-NEXT: }
// CHECK: %[[KERNEL1:.*]] = sinter.kernel "reduce" source ["reduce"] ins(%[[X]] :
// CHECK-NEXT: ^bb0(%[[IN2:[^:]*]]: tensor<?x8xf32>, %[[OUT2:[^:]*]]: tensor<8xf32>):
// CHECK-NEXT: %[[ZERO1:.*]] = arith.constant 0.000000e+00 : f32
// CHECK-NEXT: %[[FILL1:.*]] = linalg.fill ins(%[[ZERO1]] :{{.*}} outs(%[[OUT2]] :
// CHECK-NEXT: %[[GENERIC1:.*]] = linalg.generic {indexing_maps = [#[[MAP]], #[[MAP1]]], iterator_types = ["reduction", "parallel"]}
// CHECK-SAME: ins(%[[IN2]] :{{.*}} outs(%[[FILL1]] :
// CHECK-NEXT: ^bb0(%[[IN3:[^:]*]]: f32, %[[OUT3:[^:]*]]: f32):
// CHECK-NEXT: %[[ADDF1:.*]] = arith.addf %[[OUT3]], %[[IN3]]
// CHECK-NEXT: linalg.yield %[[ADDF1]]
// CHECK: sinter.yield %[[GENERIC1]]
// CHECK-NEXT: }
// CHECK-NEXT: return %[[KERNEL]], %[[KERNEL1]]
func.func @other_matrix(%g: tensor<?x8xf32>, %x: tensor<?x8xf32>) -> (tensor<8xf32>, tensor<8xf32>) {
  %s = sinter.reduce sum %g dims = [0] : tensor<?x8xf32> -> tensor<8xf32>
  %t = sinter.reduce sum %x dims = [0] : tensor<?x8xf32> -> tensor<8xf32>
  return %s, %t : tensor<8xf32>, tensor<8xf32>
}

// What a column's sum is needed for on the whole matrix comes in a kernel of its own.
// CHECK-LABEL: func.func @centered(
// CHECK-SAME: %[[X:[^:]*]]: tensor<4x8xf32>
// CHECK: %[[KERNEL:.*]] = sinter.kernel "reduce" source ["reduce"] ins(%[[X]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: tensor<4x8xf32>, %[[OUT:[^:]*]]: tensor<8xf32>):
// CHECK: %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
// CHECK-NEXT: %[[FILL:.*]] = linalg.fill ins(%[[ZERO]] :
// CHECK-NEXT: %[[GENERIC:.*]] = linalg.generic {indexing_maps = [#[[MAP]], #[[MAP1]]], iterator_types = ["reduction", "parallel"]}
// CHECK-SAME: ins(%[[IN]] :{{.*}} outs(%[[FILL]] :
// CHECK-NEXT: ^bb0(%[[IN1:[^:]*]]: f32, %[[OUT1:[^:]*]]: f32):
// CHECK-NEXT: %[[ADDF:.*]] = arith.addf %[[OUT1]], %[[IN1]]
// CHECK-NEXT: linalg.yield %[[ADDF]]
// CHECK: %[[GENERIC1:.*]] = linalg.generic {indexing_maps = [#[[MAP2]], #[[MAP2]]], iterator_types = ["parallel"]}
// CHECK-SAME: ins(%[[GENERIC]] :{{.*}} outs(%[[OUT]] :
// CHECK-NEXT: ^bb0(%[[IN2:[^:]*]]: f32, %[[OUT2:[^:]*]]: f32):
// CHECK-NEXT: %[[C0_25:.*]] = arith.constant 2.500000e-01 : f32
// CHECK-NEXT: %[[MULF:.*]] = arith.mulf %[[IN2]], %[[C0_25]]
// CHECK-NEXT: linalg.yield %[[MULF]]
// CHECK: sinter.yield %[[GENERIC1]]
// CHECK-NEXT: }
// CHECK: %[[KERNEL1:.*]] = sinter.kernel "sub" source ["sub"] ins(%[[X]], %[[KERNEL]] :
// CHECK-NEXT: ^bb0(%[[IN3:[^:]*]]: tensor<4x8xf32>, %[[IN4:[^:]*]]: tensor<8xf32>, %[[OUT3:[^:]*]]: tensor<4x8xf32>):
// CHECK-NEXT: %[[GENERIC2:.*]] = linalg.generic {indexing_maps = [#[[MAP]], #[[MAP1]], #[[MAP]]], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME: ins(%[[IN3]], %[[IN4]] :{{.*}} outs(%[[OUT3]] :
// CHECK-NEXT: ^bb0(%[[IN5:[^:]*]]: f32, %[[IN6:[^:]*]]: f32, %[[OUT4:[^:]*]]: f32):
// CHECK-NEXT: %[[SUBF:.*]] = arith.subf %[[IN5]], %[[IN6]]
// CHECK-NEXT: linalg.yield %[[SUBF]]
// CHECK: sinter.yield %[[GENERIC2]]
// CHECK-NEXT: }
// CHECK-NEXT: return %[[KERNEL1]]
func.func @centered(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %m = sinter.reduce mean %x dims = [0] : tensor<4x8xf32> -> tensor<8xf32>
  %r = sinter.broadcast %m dims = [1] : tensor<8xf32> -> tensor<4x8xf32>
  %y = sinter.sub %x, %r : tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// A value that others need as well is made once, before; the sum reads it from memory.
// CHECK-LABEL: func.func @shared_input(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x8xf32>
// CHECK: %[[KERNEL:.*]] = sinter.kernel "exp" source ["exp"] ins(%[[X]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: tensor<?x8xf32>, %[[OUT:[^:]*]]: tensor<?x8xf32>):
// CHECK-NEXT: %[[GENERIC:.*]] = linalg.generic {indexing_maps = [#[[MAP]], #[[MAP]]], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME: ins(%[[IN]] :{{.*}} outs(%[[OUT]] :
// CHECK-NEXT: ^bb0(%[[IN1:[^:]*]]: f32, %[[OUT1:[^:]*]]: f32):
// CHECK-NEXT: %[[EXP:.*]] = math.exp %[[IN1]]
// CHECK-NEXT: linalg.yield %[[EXP]]
// CHECK: sinter.yield %[[GENERIC]]
// CHECK-NEXT: }
// CHECK: %[[KERNEL1:.*]] = sinter.kernel "reduce" source ["reduce"] ins(%[[KERNEL]] :
// CHECK-NEXT: ^bb0(%[[IN2:[^:]*]]: tensor<?x8xf32>, %[[OUT2:[^:]*]]: tensor<8xf32>):
// CHECK-NEXT: %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
// CHECK-NEXT: %[[FILL:.*]] = linalg.fill ins(%[[ZERO]] :{{.*}} outs(%[[OUT2]] :
// CHECK-NEXT: %[[GENERIC1:.*]] = linalg.generic {indexing_maps = [#[[MAP]], #[[MAP1]]], iterator_types = ["reduction", "parallel"]}
// CHECK-SAME: ins(%[[IN2]] :{{.*}} outs(%[[FILL]] :
// CHECK-NEXT: ^bb0(%[[IN3:[^:]*]]: f32, %[[OUT3:[^:]*]]: f32):
// CHECK-NEXT: %[[ADDF:.*]] = arith.addf %[[OUT3]], %[[IN3]]
// CHECK-NEXT: linalg.yield %[[ADDF]]
// CHECK: sinter.yield %[[GENERIC1]]
// CHECK-NEXT: }
// CHECK-NEXT: return %[[KERNEL]], %[[KERNEL1]]
func.func @shared_input(%x: tensor<?x8xf32>) -> (tensor<?x8xf32>, tensor<8xf32>) {
  %e = sinter.exp %x : tensor<?x8xf32>
  %s = sinter.reduce sum %e dims = [0] : tensor<?x8xf32> -> tensor<8xf32>
  return %e, %s : tensor<?x8xf32>, tensor<8xf32>
}

