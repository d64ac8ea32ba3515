// Reductions of rows share a kernel with everything elementwise on the same rows, before, between and after them.
// RUN: sinter-opt %s --sinter-decompose --canonicalize --cse --convert-sinter-to-linalg --canonicalize --cse \
// RUN:   --sinter-fuse-kernels | FileCheck %s

// CHECK-DAG: #[[MAP:.*]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-DAG: #[[MAP1:.*]] = affine_map<(d0, d1) -> (d0)>
// CHECK-DAG: #[[MAP2:.*]] = affine_map<(d0) -> (d0)>
// CHECK-DAG: #[[MAP3:.*]] = affine_map<(d0, d1) -> (d1)>
// CHECK-DAG: #[[MAP4:.*]] = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
// CHECK-DAG: #[[MAP5:.*]] = affine_map<(d0, d1, d2) -> (d0, d1)>

// The exponentials are kept, since two stages read them; the reciprocal is taken once per row.
// CHECK-LABEL: func.func @softmax(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x5xf32>
// CHECK: %[[KERNEL:.*]] = sinter.kernel "softmax" source ["softmax"] ins(%[[X]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: tensor<?x5xf32>, %[[OUT:[^:]*]]: tensor<?x5xf32>):
// CHECK: %[[MINUS_INFINITY:.*]] = arith.constant 0xFF800000 : f32
// CHECK-NEXT: %[[FILL:.*]] = linalg.fill ins(%[[MINUS_INFINITY]] :
// CHECK-NEXT: %[[GENERIC:.*]] = linalg.generic {indexing_maps = [#[[MAP]], #[[MAP1]]], iterator_types = ["parallel", "reduction"]}
// CHECK-SAME: ins(%[[IN]] :{{.*}} outs(%[[FILL]] :
// CHECK-NEXT: ^bb0(%[[IN1:[^:]*]]: f32, %[[OUT1:[^:]*]]: f32):
// CHECK-NEXT: %[[MAXIMUMF:.*]] = arith.maximumf %[[OUT1]], %[[IN1]]
// CHECK-NEXT: linalg.yield %[[MAXIMUMF]]
// CHECK: %[[GENERIC1:.*]] = linalg.generic {indexing_maps = [#[[MAP]], #[[MAP1]], #[[MAP]]], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME: ins(%[[IN]], %[[GENERIC]] :
// CHECK-NEXT: ^bb0(%[[IN2:[^:]*]]: f32, %[[IN3:[^:]*]]: f32, %[[OUT2:[^:]*]]: f32):
// CHECK-NEXT: %[[SUBF:.*]] = arith.subf %[[IN2]], %[[IN3]]
// CHECK-NEXT: %[[EXP:.*]] = math.exp %[[SUBF]]
// CHECK-NEXT: linalg.yield %[[EXP]]
// CHECK: %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
// CHECK-NEXT: %[[FILL1:.*]] = linalg.fill ins(%[[ZERO]] :
// CHECK-NEXT: %[[GENERIC2:.*]] = linalg.generic {indexing_maps = [#[[MAP]], #[[MAP1]]], iterator_types = ["parallel", "reduction"]}
// CHECK-SAME: ins(%[[GENERIC1]] :{{.*}} outs(%[[FILL1]] :
// CHECK-NEXT: ^bb0(%[[IN4:[^:]*]]: f32, %[[OUT3:[^:]*]]: f32):
// CHECK-NEXT: %[[ADDF:.*]] = arith.addf %[[OUT3]], %[[IN4]]
// CHECK-NEXT: linalg.yield %[[ADDF]]
// CHECK: %[[GENERIC3:.*]] = linalg.generic {indexing_maps = [#[[MAP2]], #[[MAP2]]], iterator_types = ["parallel"]}
// CHECK-SAME: ins(%[[GENERIC2]] :
// CHECK-NEXT: ^bb0(%[[IN5:[^:]*]]: f32, %[[OUT4:[^:]*]]: f32):
// CHECK-NEXT: %[[ONE:.*]] = arith.constant 1.000000e+00 : f32
// CHECK-NEXT: %[[DIVF:.*]] = arith.divf %[[ONE]], %[[IN5]]
// CHECK-NEXT: linalg.yield %[[DIVF]]
// CHECK: %[[GENERIC4:.*]] = linalg.generic {indexing_maps = [#[[MAP]], #[[MAP1]], #[[MAP]]], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME: ins(%[[GENERIC1]], %[[GENERIC3]] :{{.*}} outs(%[[OUT]] :
// CHECK-NEXT: ^bb0(%[[IN6:[^:]*]]: f32, %[[IN7:[^:]*]]: f32, %[[OUT5:[^:]*]]: f32):
// CHECK-NEXT: %[[MULF:.*]] = arith.mulf %[[IN6]], %[[IN7]]
// CHECK-NEXT: linalg.yield %[[MULF]]
// CHECK: sinter.yield %[[GENERIC4]]
// CHECK-NEXT: }
// CHECK-NEXT: return %[[KERNEL]]
func.func @softmax(%x: tensor<?x5xf32>) -> tensor<?x5xf32> {
  %y = sinter.softmax %x dim = 1 : tensor<?x5xf32>
  return %y : tensor<?x5xf32>
}

// x - mean is cheap: each stage that reads it computes it; the statistics are values per row.
// CHECK-LABEL: func.func @layer_norm(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x8xf32>, %[[SCALE:[^:]*]]: tensor<8xf32>, %[[SHIFT:[^:]*]]: tensor<8xf32>
// CHECK: %[[KERNEL:.*]] = sinter.kernel "layer_norm" source ["layer_norm"] ins(%[[X]], %[[SCALE]], %[[SHIFT]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: tensor<?x8xf32>, %[[IN1:[^:]*]]: tensor<8xf32>, %[[IN2:[^:]*]]: tensor<8xf32>, %[[OUT:[^:]*]]: tensor<?x8xf32>):
// CHECK: %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
// CHECK-NEXT: %[[FILL:.*]] = linalg.fill ins(%[[ZERO]] :
// CHECK-NEXT: %[[GENERIC:.*]] = linalg.generic {indexing_maps = [#[[MAP]], #[[MAP1]]], iterator_types = ["parallel", "reduction"]}
// CHECK-SAME: ins(%[[IN]] :{{.*}} outs(%[[FILL]] :
// CHECK-NEXT: ^bb0(%[[IN3:[^:]*]]: f32, %[[OUT1:[^:]*]]: f32):
// CHECK-NEXT: %[[ADDF:.*]] = arith.addf %[[OUT1]], %[[IN3]]
// CHECK-NEXT: linalg.yield %[[ADDF]]
// CHECK: %[[GENERIC1:.*]] = linalg.generic {indexing_maps = [#[[MAP2]], #[[MAP2]]], iterator_types = ["parallel"]}
// CHECK-SAME: ins(%[[GENERIC]] :
// CHECK-NEXT: ^bb0(%[[IN4:[^:]*]]: f32, %[[OUT2:[^:]*]]: f32):
// CHECK-NEXT: %[[C0_125:.*]] = arith.constant 1.250000e-01 : f32
// CHECK-NEXT: %[[MULF:.*]] = arith.mulf %[[IN4]], %[[C0_125]]
// CHECK-NEXT: linalg.yield %[[MULF]]
// CHECK: %[[ZERO1:.*]] = arith.constant 0.000000e+00 : f32
// CHECK-NEXT: %[[FILL1:.*]] = linalg.fill ins(%[[ZERO1]] :
// CHECK-NEXT: %[[GENERIC2:.*]] = linalg.generic {indexing_maps = [#[[MAP]], #[[MAP1]], #[[MAP1]]], iterator_types = ["parallel", "reduction"]}
// CHECK-SAME: ins(%[[IN]], %[[GENERIC1]] :{{.*}} outs(%[[FILL1]] :
// CHECK-NEXT: ^bb0(%[[IN5:[^:]*]]: f32, %[[IN6:[^:]*]]: f32, %[[OUT3:[^:]*]]: f32):
// CHECK-NEXT: %[[SUBF:.*]] = arith.subf %[[IN5]], %[[IN6]]
// CHECK-NEXT: %[[MULF1:.*]] = arith.mulf %[[SUBF]], %[[SUBF]]
// CHECK-NEXT: %[[ADDF1:.*]] = arith.addf %[[OUT3]], %[[MULF1]]
// CHECK-NEXT: linalg.yield %[[ADDF1]]
// CHECK: %[[GENERIC3:.*]] = linalg.generic {indexing_maps = [#[[MAP2]], #[[MAP2]]], iterator_types = ["parallel"]}
// CHECK-SAME: ins(%[[GENERIC2]] :
// CHECK-NEXT: ^bb0(%[[IN7:[^:]*]]: f32, %[[OUT4:[^:]*]]: f32):
// CHECK-NEXT: %[[C0_1251:.*]] = arith.constant 1.250000e-01 : f32
// CHECK-NEXT: %[[MULF2:.*]] = arith.mulf %[[IN7]], %[[C0_1251]]
// CHECK-NEXT: %[[HALF:.*]] = arith.constant 5.000000e-01 : f32
// CHECK-NEXT: %[[ADDF2:.*]] = arith.addf %[[MULF2]], %[[HALF]]
// CHECK-NEXT: %[[RSQRT:.*]] = math.rsqrt %[[ADDF2]]
// CHECK-NEXT: linalg.yield %[[RSQRT]]
// CHECK: %[[GENERIC4:.*]] = linalg.generic {indexing_maps = [#[[MAP]], #[[MAP1]], #[[MAP1]], #[[MAP3]], #[[MAP3]], #[[MAP]]], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME: ins(%[[IN]], %[[GENERIC1]], %[[GENERIC3]], %[[IN1]], %[[IN2]] :{{.*}} outs(%[[OUT]] :
// CHECK-NEXT: ^bb0(%[[IN8:[^:]*]]: f32, %[[IN9:[^:]*]]: f32, %[[IN10:[^:]*]]: f32, %[[IN11:[^:]*]]: f32, %[[IN12:[^:]*]]: f32, %[[OUT5:[^:]*]]: f32):
// CHECK-NEXT: %[[SUBF1:.*]] = arith.subf %[[IN8]], %[[IN9]]
// CHECK-NEXT: %[[MULF3:.*]] = arith.mulf %[[SUBF1]], %[[IN10]]
// CHECK-NEXT: %[[MULF4:.*]] = arith.mulf %[[MULF3]], %[[IN11]]
// CHECK-NEXT: %[[ADDF3:.*]] = arith.addf %[[MULF4]], %[[IN12]]
// CHECK-NEXT: linalg.yield %[[ADDF3]]
// CHECK: sinter.yield %[[GENERIC4]]
// CHECK-NEXT: }
// CHECK-NEXT: return %[[KERNEL]]
func.func @layer_norm(%x: tensor<?x8xf32>, %scale: tensor<8xf32>, %shift: tensor<8xf32>) -> tensor<?x8xf32> {
  %y = sinter.layer_norm %x, %scale, %shift epsilon = 0.5 : tensor<?x8xf32>, tensor<8xf32>
  return %y : tensor<?x8xf32>
}

// What is in front of a reduction and returned is a result of the same kernel.
// CHECK-LABEL: func.func @two_results(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x8xf32>, %[[R:[^:]*]]: tensor<?x8xf32>
// CHECK: %[[KERNEL:.*]]:2 = sinter.kernel "tanh" source ["add", "tanh", "reduce"] ins(%[[X]], %[[R]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: tensor<?x8xf32>, %[[IN1:[^:]*]]: tensor<?x8xf32>, %[[OUT:[^:]*]]: tensor<?x8xf32>, %[[OUT1:[^:]*]]: tensor<?xf32>):
// CHECK-NEXT: %[[GENERIC:.*]] = linalg.generic {indexing_maps = [#[[MAP]], #[[MAP]], #[[MAP]]], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME: ins(%[[IN]], %[[IN1]] :{{.*}} outs(%[[OUT]] :
// CHECK-NEXT: ^bb0(%[[IN2:[^:]*]]: f32, %[[IN3:[^:]*]]: f32, %[[OUT2:[^:]*]]: f32):
// CHECK-NEXT: %[[ADDF:.*]] = arith.addf %[[IN2]], %[[IN3]]
// CHECK-NEXT: %[[TANH:.*]] = math.tanh %[[ADDF]]
// CHECK-NEXT: linalg.yield %[[TANH]]
// CHECK: %[[MINUS_INFINITY:.*]] = arith.constant 0xFF800000 : f32
// CHECK-NEXT: %[[FILL:.*]] = linalg.fill ins(%[[MINUS_INFINITY]] :{{.*}} outs(%[[OUT1]] :
// CHECK-NEXT: %[[GENERIC1:.*]] = linalg.generic {indexing_maps = [#[[MAP]], #[[MAP1]]], iterator_types = ["parallel", "reduction"]}
// CHECK-SAME: ins(%[[GENERIC]] :{{.*}} outs(%[[FILL]] :
// CHECK-NEXT: ^bb0(%[[IN4:[^:]*]]: f32, %[[OUT3:[^:]*]]: f32):
// CHECK-NEXT: %[[MAXIMUMF:.*]] = arith.maximumf %[[OUT3]], %[[IN4]]
// CHECK-NEXT: linalg.yield %[[MAXIMUMF]]
// CHECK: sinter.yield %[[GENERIC]], %[[GENERIC1]]
// CHECK-NEXT: }
// CHECK-NEXT: return %[[KERNEL]]#0, %[[KERNEL]]#1
func.func @two_results(%x: tensor<?x8xf32>, %r: tensor<?x8xf32>) -> (tensor<?x8xf32>, tensor<?xf32>) {
  %s = sinter.add %x, %r : tensor<?x8xf32>
  %t = sinter.tanh %s : tensor<?x8xf32>
  %m = sinter.reduce max %t dims = [1] : tensor<?x8xf32> -> tensor<?xf32>
  return %t, %m : tensor<?x8xf32>, tensor<?xf32>
}

// Rank 3: a row is the last dimension.
// CHECK-LABEL: func.func @rows_of_rank_3(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x3x4xf32>
// CHECK: %[[KERNEL:.*]] = sinter.kernel "square_reduce_sqrt" source ["square", "reduce", "sqrt"] ins(%[[X]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: tensor<?x3x4xf32>, %[[OUT:[^:]*]]: tensor<?x3xf32>):
// CHECK: %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
// CHECK-NEXT: %[[FILL:.*]] = linalg.fill ins(%[[ZERO]] :
// CHECK-NEXT: %[[GENERIC:.*]] = linalg.generic {indexing_maps = [#[[MAP4]], #[[MAP5]]], iterator_types = ["parallel", "parallel", "reduction"]}
// CHECK-SAME: ins(%[[IN]] :{{.*}} outs(%[[FILL]] :
// CHECK-NEXT: ^bb0(%[[IN1:[^:]*]]: f32, %[[OUT1:[^:]*]]: f32):
// CHECK-NEXT: %[[MULF:.*]] = arith.mulf %[[IN1]], %[[IN1]]
// CHECK-NEXT: %[[ADDF:.*]] = arith.addf %[[OUT1]], %[[MULF]]
// CHECK-NEXT: linalg.yield %[[ADDF]]
// CHECK: %[[GENERIC1:.*]] = linalg.generic {indexing_maps = [#[[MAP]], #[[MAP]]], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME: ins(%[[GENERIC]] :{{.*}} outs(%[[OUT]] :
// CHECK-NEXT: ^bb0(%[[IN2:[^:]*]]: f32, %[[OUT2:[^:]*]]: f32):
// CHECK-NEXT: %[[SQRT:.*]] = math.sqrt %[[IN2]]
// CHECK-NEXT: linalg.yield %[[SQRT]]
// CHECK: sinter.yield %[[GENERIC1]]
// CHECK-NEXT: }
// CHECK-NEXT: return %[[KERNEL]]
func.func @rows_of_rank_3(%x: tensor<?x3x4xf32>) -> tensor<?x3xf32> {
  %e = sinter.square %x : tensor<?x3x4xf32>
  %s = sinter.reduce sum %e dims = [2] : tensor<?x3x4xf32> -> tensor<?x3xf32>
  %y = sinter.sqrt %s : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

// Rows of other extents are other kernels.
// CHECK-LABEL: func.func @other_rows(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x5xf32>, %[[Z:[^:]*]]: tensor<?x6xf32>
// CHECK: %[[KERNEL:.*]] = sinter.kernel "reduce" source ["reduce"] ins(%[[X]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: tensor<?x5xf32>, %[[OUT:[^:]*]]: tensor<?xf32>):
// CHECK-NEXT: %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
// CHECK-NEXT: %[[FILL:.*]] = linalg.fill ins(%[[ZERO]] :{{.*}} outs(%[[OUT]] :
// CHECK-NEXT: %[[GENERIC:.*]] = linalg.generic {indexing_maps = [#[[MAP]], #[[MAP1]]], iterator_types = ["parallel", "reduction"]}
// CHECK-SAME: ins(%[[IN]] :{{.*}} outs(%[[FILL]] :
// CHECK-NEXT: ^bb0(%[[IN1:[^:]*]]: f32, %[[OUT1:[^:]*]]: f32):
// CHECK-NEXT: %[[ADDF:.*]] = arith.addf %[[OUT1]], %[[IN1]]
// CHECK-NEXT: linalg.yield %[[ADDF]]
// CHECK: sinter.yield %[[GENERIC]]
// CHECK-NEXT: }
// CHECK: %[[KERNEL1:.*]] = sinter.kernel "reduce" source ["reduce"] ins(%[[Z]] :
// CHECK-NEXT: ^bb0(%[[IN2:[^:]*]]: tensor<?x6xf32>, %[[OUT2:[^:]*]]: tensor<?xf32>):
// CHECK-NEXT: %[[ZERO1:.*]] = arith.constant 0.000000e+00 : f32
// CHECK-NEXT: %[[FILL1:.*]] = linalg.fill ins(%[[ZERO1]] :{{.*}} outs(%[[OUT2]] :
// CHECK-NEXT: %[[GENERIC1:.*]] = linalg.generic {indexing_maps = [#[[MAP]], #[[MAP1]]], iterator_types = ["parallel", "reduction"]}
// CHECK-SAME: ins(%[[IN2]] :{{.*}} outs(%[[FILL1]] :
// CHECK-NEXT: ^bb0(%[[IN3:[^:]*]]: f32, %[[OUT3:[^:]*]]: f32):
// CHECK-NEXT: %[[ADDF1:.*]] = arith.addf %[[OUT3]], %[[IN3]]
// CHECK-NEXT: linalg.yield %[[ADDF1]]
// CHECK: sinter.yield %[[GENERIC1]]
// CHECK-NEXT: }
// CHECK-NEXT: return %[[KERNEL]], %[[KERNEL1]]
func.func @other_rows(%x: tensor<?x5xf32>, %z: tensor<?x6xf32>) -> (tensor<?xf32>, tensor<?xf32>) {
  %m = sinter.reduce sum %x dims = [1] : tensor<?x5xf32> -> tensor<?xf32>
  %n = sinter.reduce sum %z dims = [1] : tensor<?x6xf32> -> tensor<?xf32>
  return %m, %n : tensor<?xf32>, tensor<?xf32>
}

// A reduction of indices alone gets a tensor to run over; the extent comes from the destination.
// CHECK-LABEL: func.func @indices(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x5xf32>
// CHECK: %[[KERNEL:.*]] = sinter.kernel "reduce_iota" source ["reduce", "iota"] outs(%{{.*}} :
// CHECK-NEXT: ^bb0(%[[OUT:[^:]*]]: tensor<?xf32>):
// CHECK: %[[GENERIC:.*]] = linalg.generic {indexing_maps = [#[[MAP]]], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME: outs(%{{.*}} :
// CHECK-NEXT: ^bb0(%[[OUT1:[^:]*]]: f32):
// CHECK-NEXT: %[[INDEX:.*]] = linalg.index 1
// CHECK-NEXT: %[[INDEX_CAST:.*]] = arith.index_cast %[[INDEX]] : index to i64
// CHECK-NEXT: %[[SITOFP:.*]] = arith.sitofp %[[INDEX_CAST]] : i64 to f32
// CHECK-NEXT: linalg.yield %[[SITOFP]]
// CHECK: %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
// CHECK-NEXT: %[[FILL:.*]] = linalg.fill ins(%[[ZERO]] :{{.*}} outs(%[[OUT]] :
// CHECK-NEXT: %[[GENERIC1:.*]] = linalg.generic {indexing_maps = [#[[MAP]], #[[MAP1]]], iterator_types = ["parallel", "reduction"]}
// CHECK-SAME: ins(%[[GENERIC]] :{{.*}} outs(%[[FILL]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: f32, %[[OUT2:[^:]*]]: f32):
// CHECK-NEXT: %[[ADDF:.*]] = arith.addf %[[OUT2]], %[[IN]]
// CHECK-NEXT: linalg.yield %[[ADDF]]
// CHECK: sinter.yield %[[GENERIC1]]
// CHECK-NEXT: }
// CHECK-NEXT: return %[[KERNEL]]
func.func @indices(%x: tensor<?x5xf32>) -> tensor<?xf32> {
  %i = sinter.iota dim = 1 : tensor<?x5xf32>
  %m = sinter.reduce sum %i dims = [1] : tensor<?x5xf32> -> tensor<?xf32>
  return %m : tensor<?xf32>
}

