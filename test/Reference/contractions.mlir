// How elements are combined: reductions and products.
// RUN: sinter-interp %s --entry reductions --rows 2 --fill=iota | FileCheck %s --check-prefix=REDUCE
// RUN: sinter-interp %s --entry integers | FileCheck %s --check-prefix=INT
// RUN: sinter-interp %s --entry products --rows 2 --fill=iota | FileCheck %s --check-prefix=DOT
// RUN: sinter-interp %s --entry batched --rows 2 --fill=iota | FileCheck %s --check-prefix=BATCHED

// REDUCE: 2xf32 [3, 12]
// REDUCE-NEXT: 3xf32 [3, 4, 5]
// REDUCE-NEXT: 3xf32 [1.5, 2.5, 3.5]
// REDUCE-NEXT: f32 2.5
func.func @reductions(%x: tensor<?x3xf32>) -> (tensor<?xf32>, tensor<3xf32>, tensor<3xf32>, tensor<f32>) {
  %sum = sinter.reduce sum %x dims = [1] : tensor<?x3xf32> -> tensor<?xf32>
  %max = sinter.reduce max %x dims = [0] : tensor<?x3xf32> -> tensor<3xf32>
  %mean = sinter.reduce mean %x dims = [0] : tensor<?x3xf32> -> tensor<3xf32>
  %all = sinter.reduce mean %x dims = [0, 1] : tensor<?x3xf32> -> tensor<f32>
  return %sum, %max, %mean, %all : tensor<?xf32>, tensor<3xf32>, tensor<3xf32>, tensor<f32>
}

// INT: i32 -2
// INT-NEXT: i32 -1
// INT-NEXT: f32 nan
func.func @integers() -> (tensor<i32>, tensor<i32>, tensor<f32>) {
  %x = sinter.constant dense<[2147483647, 2147483647]> : tensor<2xi32> -> tensor<2xi32>
  %y = sinter.constant dense<[-5, -1]> : tensor<2xi32> -> tensor<2xi32>
  %z = sinter.constant dense<[1.0, 0x7FC00000, 2.0]> : tensor<3xf32> -> tensor<3xf32>
  %wraps = sinter.reduce sum %x dims = [0] : tensor<2xi32> -> tensor<i32>
  %largest = sinter.reduce max %y dims = [0] : tensor<2xi32> -> tensor<i32>
  %nan = sinter.reduce max %z dims = [0] : tensor<3xf32> -> tensor<f32>
  return %wraps, %largest, %nan : tensor<i32>, tensor<i32>, tensor<f32>
}

// x = [[0, 1], [2, 3]], w = [[0, 1], [2, 3], [4, 5]].
// DOT: 2x3xf32 {{\[\[}}1, 3, 5], [3, 13, 23]]
// DOT-NEXT: 2x3xf32 {{\[\[}}1, 4, 7], [3, 14, 25]]
// DOT-NEXT: 2x3xf32 {{\[\[}}1, 3, 5], [3, 13, 23]]
func.func @products(%x: tensor<?x2xf32>, %w: tensor<3x2xf32>, %b: tensor<3xf32>) -> (tensor<?x3xf32>, tensor<?x3xf32>, tensor<?x3xf32>) {
  %dot = sinter.dot_general %x, %w batch = [] x [] contract = [1] x [1] : (tensor<?x2xf32>, tensor<3x2xf32>) -> tensor<?x3xf32>
  %linear = sinter.linear %x, %w, %b : (tensor<?x2xf32>, tensor<3x2xf32>, tensor<3xf32>) -> tensor<?x3xf32>
  %plain = sinter.linear %x, %w : (tensor<?x2xf32>, tensor<3x2xf32>) -> tensor<?x3xf32>
  return %dot, %linear, %plain : tensor<?x3xf32>, tensor<?x3xf32>, tensor<?x3xf32>
}

// One product per row: a[r] = [[0, 1], [2, 3]] + 4r, b[r] = [0, 1] + 2r; the result is a[r] b[r].
// BATCHED: 2x2xf64 {{\[\[}}1, 3], [23, 33]]
// The batch dimension need not lead.
// BATCHED-NEXT: 2x2xf64 {{\[\[}}2, 3], [26, 31]]
func.func @batched(%a: tensor<?x2x2xf64>, %b: tensor<?x2xf64>) -> (tensor<?x2xf64>, tensor<?x2xf64>) {
  %y = sinter.dot_general %a, %b batch = [0] x [0] contract = [2] x [1] : (tensor<?x2x2xf64>, tensor<?x2xf64>) -> tensor<?x2xf64>
  %t = sinter.transpose %a [2, 1, 0] : tensor<?x2x2xf64> -> tensor<2x2x?xf64>
  %z = sinter.dot_general %t, %b batch = [2] x [0] contract = [1] x [1] : (tensor<2x2x?xf64>, tensor<?x2xf64>) -> tensor<?x2xf64>
  return %y, %z : tensor<?x2xf64>, tensor<?x2xf64>
}
