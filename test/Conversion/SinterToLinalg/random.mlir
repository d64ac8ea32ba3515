// Random bits: word 0 of ten rounds of Philox4x32 with counter (element, stream, step) and key (seed).
// RUN: sinter-opt %s --convert-sinter-to-linalg --canonicalize --cse | FileCheck %s

// The multipliers are 0xD2511F53 and 0xCD9E8D57; the key grows by 0x9E3779B9 and 0xBB67AE85 with every round. The rounds
// are a loop.
// CHECK-LABEL: func.func @words(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x5xf32>, %[[SEED:[^:]*]]: tensor<i64>, %[[STEP:[^:]*]]: tensor<i64>
// CHECK-DAG: %[[C5:.*]] = arith.constant 5 : index
// CHECK-DAG: %[[C7:.*]] = arith.constant 7 : i32
// CHECK-DAG: %[[C32:.*]] = arith.constant 32 : i64
// CHECK-DAG: %[[M0:.*]] = arith.constant -766435501 : i32
// CHECK-DAG: %[[M1:.*]] = arith.constant -845247145 : i32
// CHECK-DAG: %[[WEYL0:.*]] = arith.constant -1640531527 : i32
// CHECK-DAG: %[[WEYL1:.*]] = arith.constant -1150833019 : i32
// CHECK-DAG: %[[C10:.*]] = arith.constant 10 : index
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel"]} ins(%[[SEED]], %[[STEP]] :
// CHECK-NEXT: ^bb0(%[[KEY:[^:]*]]: i64, %[[COUNTER:[^:]*]]: i64, %{{.*}}: i32):
// CHECK-NEXT: %[[COLUMN:.*]] = linalg.index 1
// CHECK-NEXT: %[[ROW:.*]] = linalg.index 0
// CHECK-NEXT: %[[MULI:.*]] = arith.muli %[[ROW]], %[[C5]] : index
// CHECK-NEXT: %[[ADDI:.*]] = arith.addi %[[MULI]], %[[COLUMN]] : index
// CHECK-NEXT: %[[ELEMENT:.*]] = arith.index_cast %[[ADDI]] : index to i32
// CHECK-NEXT: %[[STEP_LOW:.*]] = arith.trunci %[[COUNTER]] : i64 to i32
// CHECK-NEXT: %[[SHRUI:.*]] = arith.shrui %[[COUNTER]], %[[C32]]
// CHECK-NEXT: %[[STEP_HIGH:.*]] = arith.trunci %[[SHRUI]] : i64 to i32
// CHECK-NEXT: %[[KEY_LOW:.*]] = arith.trunci %[[KEY]] : i64 to i32
// CHECK-NEXT: %[[SHRUI:.*]] = arith.shrui %[[KEY]], %[[C32]]
// CHECK-NEXT: %[[KEY_HIGH:.*]] = arith.trunci %[[SHRUI]] : i64 to i32
//
// A round: (high(p1) ^ word1 ^ key0, low(p1), high(p0) ^ word3 ^ key1, low(p0)).
// CHECK-NEXT: %[[WORDS:.*]]:6 = scf.for %{{.*}} = %{{.*}} to %[[C10]] step %{{.*}} iter_args(%[[WORD0:.*]] = %[[ELEMENT]], %[[WORD1:.*]] = %[[C7]], %[[WORD2:.*]] = %[[STEP_LOW]], %[[WORD3:.*]] = %[[STEP_HIGH]], %[[KEY0:.*]] = %[[KEY_LOW]], %[[KEY1:.*]] = %[[KEY_HIGH]])
// CHECK-NEXT: %[[LOW0:.*]], %[[HIGH0:.*]] = arith.mului_extended %[[WORD0]], %[[M0]] : i32
// CHECK-NEXT: %[[LOW1:.*]], %[[HIGH1:.*]] = arith.mului_extended %[[WORD2]], %[[M1]] : i32
// CHECK-NEXT: %[[XORI:.*]] = arith.xori %[[HIGH1]], %[[WORD1]] : i32
// CHECK-NEXT: %[[NEXT0:.*]] = arith.xori %[[XORI]], %[[KEY0]] : i32
// CHECK-NEXT: %[[XORI:.*]] = arith.xori %[[HIGH0]], %[[WORD3]] : i32
// CHECK-NEXT: %[[NEXT2:.*]] = arith.xori %[[XORI]], %[[KEY1]] : i32
// CHECK-NEXT: %[[NEXT_KEY0:.*]] = arith.addi %[[KEY0]], %[[WEYL0]] : i32
// CHECK-NEXT: %[[NEXT_KEY1:.*]] = arith.addi %[[KEY1]], %[[WEYL1]] : i32
// CHECK-NEXT: scf.yield %[[NEXT0]], %[[LOW1]], %[[NEXT2]], %[[LOW0]], %[[NEXT_KEY0]], %[[NEXT_KEY1]]
// CHECK: linalg.yield %[[WORDS]]#0 : i32
func.func @words(%x: tensor<?x5xf32>, %seed: tensor<i64>, %step: tensor<i64>) -> tensor<?x5xi32> {
  %r = sinter.random_bits %seed, %step stream = 7 : tensor<?x5xi32>
  return %r : tensor<?x5xi32>
}

// Rank 0 is element 0: the first product is 0 for any key.
// CHECK-LABEL: func.func @one_word(
// CHECK: linalg.generic {{.*}} iterator_types = []}
// CHECK-NOT: linalg.index
// CHECK: -> tensor<i32>
func.func @one_word(%seed: tensor<i64>, %step: tensor<i64>) -> tensor<i32> {
  %r = sinter.random_bits %seed, %step stream = 0 : tensor<i32>
  return %r : tensor<i32>
}

// Elements are numbered in row-major order, (i 3 + j) 5 + k.
// CHECK-LABEL: func.func @row_major(
// CHECK-DAG: %[[C5:.*]] = arith.constant 5 : index
// CHECK-DAG: %[[C15:.*]] = arith.constant 15 : index
// CHECK: %[[K:.*]] = linalg.index 2
// CHECK-NEXT: %[[J:.*]] = linalg.index 1
// CHECK-NEXT: %[[MULI:.*]] = arith.muli %[[J]], %[[C5]] : index
// CHECK-NEXT: %[[MATRIX:.*]] = arith.addi %[[MULI]], %[[K]] : index
// CHECK-NEXT: %[[I:.*]] = linalg.index 0
// CHECK-NEXT: %[[MULI:.*]] = arith.muli %[[I]], %[[C15]] : index
// CHECK-NEXT: %[[ADDI:.*]] = arith.addi %[[MULI]], %[[MATRIX]] : index
// CHECK-NEXT: arith.index_cast %[[ADDI]] : index to i32
func.func @row_major(%seed: tensor<i64>, %step: tensor<i64>) -> tensor<2x3x5xi32> {
  %r = sinter.random_bits %seed, %step stream = 0 : tensor<2x3x5xi32>
  return %r : tensor<2x3x5xi32>
}
