// Where the elements of a result come from.
// RUN: sinter-interp %s --entry broadcast --rows 2 --fill=iota | FileCheck %s --check-prefix=BROADCAST
// RUN: sinter-interp %s --entry shapes --rows 2 --fill=iota | FileCheck %s --check-prefix=SHAPES
// RUN: sinter-interp %s --entry slices --rows 2 --fill=iota | FileCheck %s --check-prefix=SLICES
// RUN: sinter-interp %s --entry pads --rows 2 --fill=iota | FileCheck %s --check-prefix=PADS
// RUN: sinter-interp %s --entry makers --rows 3 | FileCheck %s --check-prefix=MAKERS

// BROADCAST: 2x3xf32 {{\[\[}}0, 1, 2], [0, 1, 2]]
// BROADCAST-NEXT: 3x2xf32 {{\[\[}}0, 0], [1, 1], [2, 2]]
// BROADCAST-NEXT: 2xf32 [7.5, 7.5]
func.func @broadcast(%x: tensor<3xf32>) -> (tensor<?x3xf32>, tensor<3x2xf32>, tensor<?xf32>) {
  %rows = sinter.broadcast %x dims = [1] : tensor<3xf32> -> tensor<?x3xf32>
  %columns = sinter.broadcast %x dims = [0] : tensor<3xf32> -> tensor<3x2xf32>
  %c = sinter.constant dense<7.5> : tensor<f32> -> tensor<f32>
  %scalar = sinter.broadcast %c dims = [] : tensor<f32> -> tensor<?xf32>
  return %rows, %columns, %scalar : tensor<?x3xf32>, tensor<3x2xf32>, tensor<?xf32>
}

// SHAPES: 3x2xf32 {{\[\[}}0, 3], [1, 4], [2, 5]]
// SHAPES-NEXT: 2x3x1xf32 {{\[\[\[}}0], [1], [2]], {{\[\[}}3], [4], [5]]]
// SHAPES-NEXT: 1x2x3xf32 {{\[\[\[}}0, 1, 2], [3, 4, 5]]]
func.func @shapes(%x: tensor<?x3xf32>) -> (tensor<3x?xf32>, tensor<?x3x1xf32>, tensor<1x?x3xf32>) {
  %transpose = sinter.transpose %x [1, 0] : tensor<?x3xf32> -> tensor<3x?xf32>
  %reshape = sinter.reshape %x : tensor<?x3xf32> -> tensor<?x3x1xf32>
  %cycle = sinter.transpose %reshape [2, 0, 1] : tensor<?x3x1xf32> -> tensor<1x?x3xf32>
  return %transpose, %reshape, %cycle : tensor<3x?xf32>, tensor<?x3x1xf32>, tensor<1x?x3xf32>
}

// SLICES: 2x2xf32 {{\[\[}}1, 3], [6, 8]]
// SLICES-NEXT: 2x5xf32 {{\[\[}}1, 3, 0, 1, 2], [6, 8, 5, 6, 7]]
func.func @slices(%x: tensor<?x5xf32>) -> (tensor<?x2xf32>, tensor<?x5xf32>) {
  %odd = sinter.slice %x [0:-1:1, 1:5:2] : tensor<?x5xf32> -> tensor<?x2xf32>
  %first = sinter.slice %x [0:-1:1, 0:3:1] : tensor<?x5xf32> -> tensor<?x3xf32>
  %both = sinter.concatenate %odd, %first dim = 1 : (tensor<?x2xf32>, tensor<?x3xf32>) -> tensor<?x5xf32>
  return %odd, %both : tensor<?x2xf32>, tensor<?x5xf32>
}

// PADS: 2x6xf32 {{\[\[}}9, 0, 9, 1, 9, 9], [9, 2, 9, 3, 9, 9]]
func.func @pads(%x: tensor<?x2xf32>) -> tensor<?x6xf32> {
  %p = sinter.pad %x value = 9.0 low = [0, 1] high = [0, 2] interior = [0, 1] : tensor<?x2xf32> -> tensor<?x6xf32>
  return %p : tensor<?x6xf32>
}

// MAKERS: 3x2xi32 {{\[\[}}0, 1], [0, 1], [0, 1]]
// MAKERS-NEXT: 3x2xf64 {{\[\[}}0, 0], [1, 1], [2, 2]]
// MAKERS-NEXT: f32 3
// MAKERS-NEXT: 3x2xf32 {{\[\[}}0.5, 0.5], [0.5, 0.5], [0.5, 0.5]]
func.func @makers() -> (tensor<?x2xi32>, tensor<3x2xf64>, tensor<f32>, tensor<?x2xf32>) {
  %columns = sinter.iota dim = 1 : tensor<?x2xi32>
  %rows = sinter.iota dim = 0 : tensor<3x2xf64>
  %n = sinter.batch_size : tensor<f32>
  %c = sinter.constant dense<0.5> : tensor<1x2xf32> -> tensor<?x2xf32>
  return %columns, %rows, %n, %c : tensor<?x2xi32>, tensor<3x2xf64>, tensor<f32>, tensor<?x2xf32>
}
