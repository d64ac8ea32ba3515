// Which random bits an element gets, and which elements dropout keeps.
// RUN: sinter-interp %s --entry known_answer | FileCheck %s --check-prefix=KNOWN
// RUN: sinter-interp %s --entry counters | FileCheck %s --check-prefix=COUNTERS
// RUN: sinter-interp %s --entry dropout | FileCheck %s --check-prefix=DROPOUT

// Random123's known answer for counter 0 and key 0 is 6627e8d5 e169c58d bc57ac4c 9b00dbd8; element 1 and 2 follow.
// KNOWN: 3xi32 [1713891541, -119223132, 83534633]
func.func @known_answer() -> tensor<3xi32> {
  %zero = sinter.constant dense<0> : tensor<i64> -> tensor<i64>
  %r = sinter.random_bits %zero, %zero stream = 0 : tensor<3xi32>
  return %r : tensor<3xi32>
}

// Counter (e, 7, 5, 1) and key (9, 2): both halves of step and seed count.
// COUNTERS: 2x2xi32 {{\[\[}}224226903, 1511247556], [2082991491, -74946915]]
func.func @counters() -> tensor<2x2xi32> {
  %seed = sinter.constant dense<8589934601> : tensor<i64> -> tensor<i64>
  %step = sinter.constant dense<4294967301> : tensor<i64> -> tensor<i64>
  %r = sinter.random_bits %seed, %step stream = 7 : tensor<2x2xi32>
  return %r : tensor<2x2xi32>
}

// The same words as uniform numbers are 0.052, 0.352, 0.485, 0.983.
// DROPOUT: 4xf32 [0, 0, 0, 2]
// DROPOUT-NEXT: 4xf32 [0, 1.33333, 1.33333, 1.33333]
// Without a key: evaluation.
// DROPOUT-NEXT: 4xf32 [1, 1, 1, 1]
func.func @dropout() -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %x = sinter.constant dense<1.0> : tensor<4xf32> -> tensor<4xf32>
  %seed = sinter.constant dense<8589934601> : tensor<i64> -> tensor<i64>
  %step = sinter.constant dense<4294967301> : tensor<i64> -> tensor<i64>
  %half = sinter.dropout %x rate = 0.5 key(%seed, %step) stream = 7 : tensor<4xf32>
  %quarter = sinter.dropout %x rate = 0.25 key(%seed, %step) stream = 7 : tensor<4xf32>
  %none = sinter.dropout %x rate = 0.5 : tensor<4xf32>
  return %half, %quarter, %none : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}
