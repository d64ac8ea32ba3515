// Reductions in the forms that kernels have: one dimension, sums and maxima; means become sums.
// RUN: sinter-opt %s --sinter-decompose | FileCheck %s

// The reciprocal of a static count is a constant.
// CHECK-LABEL: func.func @mean_of_rows(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x4xf32>
// CHECK-DAG: %[[C0_25:.*]] = sinter.constant dense<2.500000e-01> : tensor<1xf32> -> tensor<?xf32>
// CHECK: %[[REDUCE:.*]] = sinter.reduce sum %[[X]] dims = [1]
// CHECK-NEXT: %[[MUL:.*]] = sinter.mul %[[REDUCE]], %[[C0_25]]
// CHECK-NEXT: return %[[MUL]]
func.func @mean_of_rows(%x: tensor<?x4xf32>) -> tensor<?xf32> {
  %m = sinter.reduce mean %x dims = [1] : tensor<?x4xf32> -> tensor<?xf32>
  return %m : tensor<?xf32>
}

// The rows of a call are counted when it runs; the sum over them comes second.
// CHECK-LABEL: func.func @mean_of_all(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x4xf32>
// CHECK-DAG: %[[ONE:.*]] = sinter.constant dense<1.000000e+00> : tensor<f32> -> tensor<f32>
// CHECK-DAG: %[[C4:.*]] = sinter.constant dense<4.000000e+00> : tensor<f32> -> tensor<f32>
// CHECK: %[[BATCH_SIZE:.*]] = sinter.batch_size
// CHECK-NEXT: %[[MUL:.*]] = sinter.mul %[[BATCH_SIZE]], %[[C4]]
// CHECK-NEXT: %[[DIV:.*]] = sinter.div %[[ONE]], %[[MUL]]
// CHECK-NEXT: %[[REDUCE:.*]] = sinter.reduce sum %[[X]] dims = [1]
// CHECK-NEXT: %[[REDUCE1:.*]] = sinter.reduce sum %[[REDUCE]] dims = [0]
// CHECK-NEXT: %[[MUL1:.*]] = sinter.mul %[[REDUCE1]], %[[DIV]]
// CHECK-NEXT: return %[[MUL1]]
func.func @mean_of_all(%x: tensor<?x4xf32>) -> tensor<f32> {
  %m = sinter.reduce mean %x dims = [0, 1] : tensor<?x4xf32> -> tensor<f32>
  return %m : tensor<f32>
}

// The mean over the batch divides by the rows alone.
// CHECK-LABEL: func.func @mean_of_columns(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x4xf64>
// CHECK-DAG: %[[ONE:.*]] = sinter.constant dense<1.000000e+00> : tensor<f64> -> tensor<f64>
// CHECK: %[[BATCH_SIZE:.*]] = sinter.batch_size
// CHECK-NEXT: %[[DIV:.*]] = sinter.div %[[ONE]], %[[BATCH_SIZE]]
// CHECK-NEXT: %[[REDUCE:.*]] = sinter.reduce sum %[[X]] dims = [0]
// CHECK-NEXT: %[[BROADCAST:.*]] = sinter.broadcast %[[DIV]] dims = [] : tensor<f64> -> tensor<4xf64>
// CHECK-NEXT: %[[MUL:.*]] = sinter.mul %[[REDUCE]], %[[BROADCAST]]
// CHECK-NEXT: return %[[MUL]]
func.func @mean_of_columns(%x: tensor<?x4xf64>) -> tensor<4xf64> {
  %m = sinter.reduce mean %x dims = [0] : tensor<?x4xf64> -> tensor<4xf64>
  return %m : tensor<4xf64>
}

// Last dimension first, then what is last of the rest.
// CHECK-LABEL: func.func @last_first(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3x4xf32>
// CHECK-NEXT: %[[REDUCE:.*]] = sinter.reduce max %[[X]] dims = [2]
// CHECK-NEXT: %[[REDUCE1:.*]] = sinter.reduce max %[[REDUCE]] dims = [1]
// CHECK-NEXT: return %[[REDUCE1]]
func.func @last_first(%x: tensor<2x3x4xf32>) -> tensor<2xf32> {
  %m = sinter.reduce max %x dims = [1, 2] : tensor<2x3x4xf32> -> tensor<2xf32>
  return %m : tensor<2xf32>
}

// Leading dimensions are the rows of a matrix whose columns are all others.
// CHECK-LABEL: func.func @leading_as_columns(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x3x4xf32>
// CHECK-NEXT: %[[RESHAPE:.*]] = sinter.reshape %[[X]] : tensor<?x3x4xf32> -> tensor<?x12xf32>
// CHECK-NEXT: %[[REDUCE:.*]] = sinter.reduce sum %[[RESHAPE]] dims = [0]
// CHECK-NEXT: %[[RESHAPE1:.*]] = sinter.reshape %[[REDUCE]] : tensor<12xf32> -> tensor<3x4xf32>
// CHECK-NEXT: return %[[RESHAPE1]]
func.func @leading_as_columns(%x: tensor<?x3x4xf32>) -> tensor<3x4xf32> {
  %s = sinter.reduce sum %x dims = [0] : tensor<?x3x4xf32> -> tensor<3x4xf32>
  return %s : tensor<3x4xf32>
}

// All but the last are the rows of a table: at once.
// CHECK-LABEL: func.func @rows_at_once(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x3x4xi32>
// CHECK-NEXT: %[[REDUCE:.*]] = sinter.reduce sum %[[X]] dims = [0, 1]
// CHECK-NEXT: return %[[REDUCE]]
func.func @rows_at_once(%x: tensor<?x3x4xi32>) -> tensor<4xi32> {
  %s = sinter.reduce sum %x dims = [0, 1] : tensor<?x3x4xi32> -> tensor<4xi32>
  return %s : tensor<4xi32>
}

// But where the batch is not the first of them, one after the other; and where the last is left with another.
// CHECK-LABEL: func.func @first_two(
// CHECK-SAME: %[[X:[^:]*]]: tensor<3x?x4xi32>, %[[Y:[^:]*]]: tensor<?x2x3x4xi32>
// CHECK-NEXT: %[[REDUCE:.*]] = sinter.reduce sum %[[X]] dims = [0] :
// CHECK-NEXT: %[[REDUCE1:.*]] = sinter.reduce sum %[[REDUCE]] dims = [0] :
// CHECK-NEXT: %[[RESHAPE:.*]] = sinter.reshape %[[Y]] : tensor<?x2x3x4xi32> -> tensor<?x24xi32>
// CHECK-NEXT: %[[REDUCE2:.*]] = sinter.reduce sum %[[RESHAPE]] dims = [0] :
// CHECK-NEXT: %[[RESHAPE1:.*]] = sinter.reshape %[[REDUCE2]] : tensor<24xi32> -> tensor<2x12xi32>
// CHECK-NEXT: %[[REDUCE3:.*]] = sinter.reduce sum %[[RESHAPE1]] dims = [0] :
// CHECK-NEXT: %[[RESHAPE2:.*]] = sinter.reshape %[[REDUCE3]] : tensor<12xi32> -> tensor<3x4xi32>
// CHECK-NEXT: return %[[REDUCE1]], %[[RESHAPE2]]
func.func @first_two(%x: tensor<3x?x4xi32>, %y: tensor<?x2x3x4xi32>) -> (tensor<4xi32>, tensor<3x4xi32>) {
  %s = sinter.reduce sum %x dims = [0, 1] : tensor<3x?x4xi32> -> tensor<4xi32>
  %t = sinter.reduce sum %y dims = [0, 1] : tensor<?x2x3x4xi32> -> tensor<3x4xi32>
  return %s, %t : tensor<4xi32>, tensor<3x4xi32>
}

// First and last: the last one's sums are summed.
// CHECK-LABEL: func.func @first_and_last(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x3x4xf32>
// CHECK-NEXT: %[[REDUCE:.*]] = sinter.reduce sum %[[X]] dims = [2]
// CHECK-NEXT: %[[REDUCE1:.*]] = sinter.reduce sum %[[REDUCE]] dims = [0]
// CHECK-NEXT: return %[[REDUCE1]]
func.func @first_and_last(%x: tensor<?x3x4xf32>) -> tensor<3xf32> {
  %s = sinter.reduce sum %x dims = [0, 2] : tensor<?x3x4xf32> -> tensor<3xf32>
  return %s : tensor<3xf32>
}

// These are in form already: rows, columns of a matrix, one in the middle.
// CHECK-LABEL: func.func @in_form(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x3xf32>, %[[Z:[^:]*]]: tensor<2x3x4xf32>
// CHECK-NEXT: %[[REDUCE:.*]] = sinter.reduce sum %[[X]] dims = [1]
// CHECK-NEXT: %[[REDUCE1:.*]] = sinter.reduce max %[[X]] dims = [0]
// CHECK-NEXT: %[[REDUCE2:.*]] = sinter.reduce sum %[[Z]] dims = [1]
// CHECK-NEXT: return %[[REDUCE]], %[[REDUCE1]], %[[REDUCE2]]
func.func @in_form(%x: tensor<2x3xf32>, %z: tensor<2x3x4xf32>) -> (tensor<2xf32>, tensor<3xf32>, tensor<2x4xf32>) {
  %r = sinter.reduce sum %x dims = [1] : tensor<2x3xf32> -> tensor<2xf32>
  %c = sinter.reduce max %x dims = [0] : tensor<2x3xf32> -> tensor<3xf32>
  %m = sinter.reduce sum %z dims = [1] : tensor<2x3x4xf32> -> tensor<2x4xf32>
  return %r, %c, %m : tensor<2xf32>, tensor<3xf32>, tensor<2x4xf32>
}

