// No kernel runs over tensors without elements.
// RUN: sinter-opt %s --sinter-decompose | FileCheck %s

// CHECK-LABEL: func.func @reduce(
// CHECK-DAG: %[[SUM:.*]] = sinter.constant dense<0.000000e+00> : tensor<1xf32> -> tensor<?xf32>
// CHECK-DAG: %[[MAX:.*]] = sinter.constant dense<0xFF800000> : tensor<1xf32> -> tensor<?xf32>
// CHECK-DAG: %[[INT:.*]] = sinter.constant dense<-128> : tensor<2xi8> -> tensor<2xi8>
// CHECK: return %[[SUM]], %[[MAX]], %[[INT]]
func.func @reduce(%x: tensor<?x0xf32>, %i: tensor<0x2xi8>) -> (tensor<?xf32>, tensor<?xf32>, tensor<2xi8>) {
  %sum = sinter.reduce sum %x dims = [1] : tensor<?x0xf32> -> tensor<?xf32>
  %max = sinter.reduce max %x dims = [1] : tensor<?x0xf32> -> tensor<?xf32>
  %int = sinter.reduce max %i dims = [0] : tensor<0x2xi8> -> tensor<2xi8>
  return %sum, %max, %int : tensor<?xf32>, tensor<?xf32>, tensor<2xi8>
}

// CHECK-LABEL: func.func @linear(
// CHECK-NEXT: %[[ZERO:.*]] = sinter.constant dense<0.000000e+00> : tensor<1x3xf32> -> tensor<?x3xf32>
// CHECK-NEXT: return %[[ZERO]]
func.func @linear(%x: tensor<?x0xf32>, %w: tensor<3x0xf32>) -> tensor<?x3xf32> {
  %y = sinter.linear %x, %w : (tensor<?x0xf32>, tensor<3x0xf32>) -> tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

// CHECK-LABEL: func.func @pad(
// CHECK-NEXT: %[[PADDING:.*]] = sinter.constant dense<1.500000e+00> : tensor<1x2xf32> -> tensor<?x2xf32>
// CHECK-NEXT: return %[[PADDING]]
func.func @pad(%x: tensor<?x0xf32>) -> tensor<?x2xf32> {
  %e = sinter.exp %x : tensor<?x0xf32>
  %y = sinter.pad %e value = 1.5 low = [0, 0] high = [0, 2] interior = [0, 1] : tensor<?x0xf32> -> tensor<?x2xf32>
  return %y : tensor<?x2xf32>
}

// CHECK-LABEL: func.func @concatenate(
// CHECK-SAME: %{{[^:]*}}: tensor<?x0xf32>, %[[B:[^:]*]]: tensor<?x3xf32>
// CHECK-NEXT: return %[[B]]
func.func @concatenate(%a: tensor<?x0xf32>, %b: tensor<?x3xf32>) -> tensor<?x3xf32> {
  %y = sinter.concatenate %a, %b dim = 1 : (tensor<?x0xf32>, tensor<?x3xf32>) -> tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}
