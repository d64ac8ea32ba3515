// A value that is cheap to compute from one large tensor is computed again by each kernel that needs it: `cheap-cost`.
// RUN: sinter-opt %s --sinter-decompose --canonicalize --cse --convert-sinter-to-linalg --canonicalize --cse \
// RUN:   --sinter-fuse-kernels | FileCheck %s --check-prefixes=CHECK,CHEAP,KEPT
// RUN: sinter-opt %s --sinter-decompose --canonicalize --cse --convert-sinter-to-linalg --canonicalize --cse \
// RUN:   --sinter-fuse-kernels=cheap-cost=1 | FileCheck %s --check-prefixes=CHECK,NONE,KEPT
// RUN: sinter-opt %s --sinter-decompose --canonicalize --cse --convert-sinter-to-linalg --canonicalize --cse \
// RUN:   --sinter-fuse-kernels=cheap-cost=20 | FileCheck %s --check-prefixes=CHECK,CHEAP,DEAR

// A difference and a square cost 2.
// CHECK-LABEL: func.func @cheap(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x8xf32>
// CHEAP: %[[ROWS:.*]] = sinter.kernel "sub_square_reduce" {{.*}} ins(%[[X]] : {{.*}} -> tensor<?xf32> {
// CHEAP: arith.subf
// CHEAP: %[[COLUMNS:.*]] = sinter.kernel "sub_square_reduce" {{.*}} ins(%[[X]] : {{.*}} -> tensor<8xf32> {
// CHEAP: %[[SUBF:.*]] = arith.subf
// CHEAP: arith.mulf %[[SUBF]], %[[SUBF]]
// CHEAP: return %[[ROWS]], %[[COLUMNS]]
// NONE: %[[ROWS:.*]]:2 = sinter.kernel "sub_square_reduce" {{.*}} ins(%[[X]] : {{.*}} -> tensor<?x8xf32>, tensor<?xf32> {
// NONE: %[[COLUMNS:.*]] = sinter.kernel "reduce" {{.*}} ins(%[[ROWS]]#0 : tensor<?x8xf32>)
// NONE-NOT: arith.subf
// NONE: return %[[ROWS]]#1, %[[COLUMNS]]
func.func @cheap(%x: tensor<?x8xf32>) -> (tensor<?xf32>, tensor<8xf32>) {
  %c = sinter.constant dense<3.0> : tensor<1x8xf32> -> tensor<?x8xf32>
  %a = sinter.sub %x, %c : tensor<?x8xf32>
  %b = sinter.square %a : tensor<?x8xf32>
  %r = sinter.reduce sum %b dims = [1] : tensor<?x8xf32> -> tensor<?xf32>
  %s = sinter.reduce sum %b dims = [0] : tensor<?x8xf32> -> tensor<8xf32>
  return %r, %s : tensor<?xf32>, tensor<8xf32>
}

// An exponential costs 20: by default it is kept.
// CHECK-LABEL: func.func @dear(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x8xf32>
// KEPT: %[[ROWS:.*]]:2 = sinter.kernel "exp" {{.*}} ins(%[[X]] :
// KEPT: math.exp
// KEPT: %[[COLUMNS:.*]] = sinter.kernel "reduce" {{.*}} ins(%[[ROWS]]#0 :
// KEPT-NOT: math.exp
// KEPT: return %[[ROWS]]#1, %[[COLUMNS]]
// DEAR: %[[ROWS:.*]] = sinter.kernel "exp" {{.*}} ins(%[[X]] :
// DEAR: math.exp
// DEAR: %[[COLUMNS:.*]] = sinter.kernel "exp" {{.*}} ins(%[[X]] :
// DEAR: math.exp
// DEAR: return %[[ROWS]], %[[COLUMNS]]
func.func @dear(%x: tensor<?x8xf32>) -> (tensor<?xf32>, tensor<8xf32>) {
  %b = sinter.exp %x : tensor<?x8xf32>
  %r = sinter.reduce sum %b dims = [1] : tensor<?x8xf32> -> tensor<?xf32>
  %s = sinter.reduce sum %b dims = [0] : tensor<?x8xf32> -> tensor<8xf32>
  return %r, %s : tensor<?xf32>, tensor<8xf32>
}

// Reading two large tensors again costs more than reading one, however cheap the arithmetic.
// CHECK-LABEL: func.func @two_large_tensors(
// CHECK: %[[ROWS:.*]]:2 = sinter.kernel "sub_reduce"
// CHECK: %[[COLUMNS:.*]] = sinter.kernel "reduce" {{.*}} ins(%[[ROWS]]#0 :
func.func @two_large_tensors(%x: tensor<?x8xf32>, %z: tensor<?x8xf32>) -> (tensor<?xf32>, tensor<8xf32>) {
  %b = sinter.sub %x, %z : tensor<?x8xf32>
  %r = sinter.reduce sum %b dims = [1] : tensor<?x8xf32> -> tensor<?xf32>
  %s = sinter.reduce sum %b dims = [0] : tensor<?x8xf32> -> tensor<8xf32>
  return %r, %s : tensor<?xf32>, tensor<8xf32>
}

// One that is as large and one of smaller rank is one large tensor.
// CHECK-LABEL: func.func @large_and_small(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x8xf32>, %[[B:[^:]*]]: tensor<8xf32>
// CHECK: sinter.kernel "add_reduce" {{.*}} ins(%[[X]], %[[B]] :
// CHECK: arith.addf
// CHECK: sinter.kernel "add_reduce" {{.*}} ins(%[[X]], %[[B]] :
func.func @large_and_small(%x: tensor<?x8xf32>, %b: tensor<8xf32>) -> (tensor<?xf32>, tensor<8xf32>) {
  %c = sinter.broadcast %b dims = [1] : tensor<8xf32> -> tensor<?x8xf32>
  %a = sinter.add %x, %c : tensor<?x8xf32>
  %r = sinter.reduce sum %a dims = [1] : tensor<?x8xf32> -> tensor<?xf32>
  %s = sinter.reduce sum %a dims = [0] : tensor<?x8xf32> -> tensor<8xf32>
  return %r, %s : tensor<?xf32>, tensor<8xf32>
}

// What is made of a state tensor that changes is kept: it could not be computed again later.
// CHECK-LABEL: func.func @from_changing_state(
// CHECK-SAME: %[[W:[^:]*]]: tensor<4x8xf32> {{.*}}, %[[X:[^:]*]]: tensor<4x8xf32>
// CHECK: %[[ROWS:.*]]:2 = sinter.kernel "square_reduce" {{.*}} ins(%[[W]] : {{.*}} -> tensor<4x8xf32>, tensor<4xf32>
// CHECK: %[[COLUMNS:.*]] = sinter.kernel "reduce" {{.*}} ins(%[[ROWS]]#0 :
func.func @from_changing_state(%w: tensor<4x8xf32> {sinter.role = "state", sinter.name = "w"}, %x: tensor<4x8xf32>)
    -> (tensor<4x8xf32> {sinter.role = "state", sinter.name = "w"}, tensor<4xf32>, tensor<8xf32>) {
  %b = sinter.square %w : tensor<4x8xf32>
  %r = sinter.reduce sum %b dims = [1] : tensor<4x8xf32> -> tensor<4xf32>
  %s = sinter.reduce sum %b dims = [0] : tensor<4x8xf32> -> tensor<8xf32>
  %n = sinter.add %w, %x : tensor<4x8xf32>
  return %n, %r, %s : tensor<4x8xf32>, tensor<4xf32>, tensor<8xf32>
}
