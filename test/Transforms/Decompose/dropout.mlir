// Dropout as core ops: random bits, a mask made of integers, a choice.
// RUN: sinter-opt %s --sinter-decompose | FileCheck %s

// Kept where bits >> 8 >= 0.25 2^24, and then scaled by 1 / 0.75.
// CHECK-LABEL: func.func @dropout(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x4xf32>, %[[SEED:[^:]*]]: tensor<i64>, %[[STEP:[^:]*]]: tensor<i64>
// CHECK-DAG: %[[ZERO:.*]] = sinter.constant dense<0.000000e+00> : tensor<1x4xf32> -> tensor<?x4xf32>
// CHECK-DAG: %[[C1_33333:.*]] = sinter.constant dense<1.33333337> : tensor<1x4xf32> -> tensor<?x4xf32>
// CHECK: %[[RANDOM_BITS:.*]] = sinter.random_bits %[[SEED]], %[[STEP]] stream = 7 : tensor<?x4xi32>
// CHECK-NEXT: %[[MAP:.*]] = sinter.map ins(%[[RANDOM_BITS]] : tensor<?x4xi32>) -> tensor<?x4xi1> {
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: i32):
// CHECK-NEXT: %[[C8:.*]] = arith.constant 8 : i32
// CHECK-NEXT: %[[C4194304:.*]] = arith.constant 4194304 : i32
// CHECK-NEXT: %[[SHRUI:.*]] = arith.shrui %[[IN]], %[[C8]]
// CHECK-NEXT: %[[CMPI:.*]] = arith.cmpi uge, %[[SHRUI]], %[[C4194304]]
// CHECK-NEXT: sinter.yield %[[CMPI]]
// CHECK: %[[MUL:.*]] = sinter.mul %[[X]], %[[C1_33333]]
// CHECK-NEXT: %[[SELECT:.*]] = sinter.select %[[MAP]], %[[MUL]], %[[ZERO]]
// CHECK-NEXT: return %[[SELECT]]
func.func @dropout(%x: tensor<?x4xf32>, %seed: tensor<i64>, %step: tensor<i64>) -> tensor<?x4xf32> {
  %y = sinter.dropout %x rate = 0.25 key(%seed, %step) stream = 7 : tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// A limit between two integers is rounded up: 0.3 2^24 = 5033164.8.
// CHECK-LABEL: func.func @limit_rounded_up(
// CHECK-SAME: %[[X:[^:]*]]: tensor<6xf64>, %[[SEED:[^:]*]]: tensor<i64>, %[[STEP:[^:]*]]: tensor<i64>
// CHECK-DAG: %[[ZERO:.*]] = sinter.constant dense<0.000000e+00> : tensor<6xf64> -> tensor<6xf64>
// CHECK-DAG: %[[C1_42857:.*]] = sinter.constant dense<1.4285714285714286> : tensor<6xf64> -> tensor<6xf64>
// CHECK: %[[RANDOM_BITS:.*]] = sinter.random_bits %[[SEED]], %[[STEP]] stream = 0 : tensor<6xi32>
// CHECK-NEXT: %[[MAP:.*]] = sinter.map ins(%[[RANDOM_BITS]] : tensor<6xi32>) -> tensor<6xi1> {
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: i32):
// CHECK-NEXT: %[[C8:.*]] = arith.constant 8 : i32
// CHECK-NEXT: %[[C5033165:.*]] = arith.constant 5033165 : i32
// CHECK-NEXT: %[[SHRUI:.*]] = arith.shrui %[[IN]], %[[C8]]
// CHECK-NEXT: %[[CMPI:.*]] = arith.cmpi uge, %[[SHRUI]], %[[C5033165]]
// CHECK-NEXT: sinter.yield %[[CMPI]]
// CHECK: %[[MUL:.*]] = sinter.mul %[[X]], %[[C1_42857]]
// CHECK-NEXT: %[[SELECT:.*]] = sinter.select %[[MAP]], %[[MUL]], %[[ZERO]]
// CHECK-NEXT: return %[[SELECT]]
func.func @limit_rounded_up(%x: tensor<6xf64>, %seed: tensor<i64>, %step: tensor<i64>) -> tensor<6xf64> {
  %y = sinter.dropout %x rate = 0.3 key(%seed, %step) : tensor<6xf64>
  return %y : tensor<6xf64>
}

// Without a key, in eval and predict, it is the identity.
// CHECK-LABEL: func.func @no_key(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x4xf32>
// CHECK-NEXT: return %[[X]]
func.func @no_key(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %y = sinter.dropout %x rate = 0.25 : tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// Nothing is dropped at rate 0.
// CHECK-LABEL: func.func @rate_zero(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x4xf32>, %[[SEED:[^:]*]]: tensor<i64>, %[[STEP:[^:]*]]: tensor<i64>
// CHECK-NEXT: return %[[X]]
func.func @rate_zero(%x: tensor<?x4xf32>, %seed: tensor<i64>, %step: tensor<i64>) -> tensor<?x4xf32> {
  %y = sinter.dropout %x rate = 0.0 key(%seed, %step) : tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

