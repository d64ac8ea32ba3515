// Activations as core ops, in the forms that neither overflow nor cancel.
// RUN: sinter-opt %s --sinter-decompose | FileCheck %s

// The larger of x and zero.
// CHECK-LABEL: func.func @relu(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x4xf32>
// CHECK-DAG: %[[ZERO:.*]] = sinter.constant dense<0.000000e+00> : tensor<1x4xf32> -> tensor<?x4xf32>
// CHECK: %[[MAX:.*]] = sinter.max %[[X]], %[[ZERO]]
// CHECK-NEXT: return %[[MAX]]
func.func @relu(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %y = sinter.relu %x : tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// x where it is positive, else a part of it.
// CHECK-LABEL: func.func @leaky_relu(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x4xf32>
// CHECK-DAG: %[[C0_125:.*]] = sinter.constant dense<1.250000e-01> : tensor<1x4xf32> -> tensor<?x4xf32>
// CHECK-DAG: %[[ZERO:.*]] = sinter.constant dense<0.000000e+00> : tensor<1x4xf32> -> tensor<?x4xf32>
// CHECK: %[[COMPARE:.*]] = sinter.compare gt, %[[X]], %[[ZERO]]
// CHECK-NEXT: %[[MUL:.*]] = sinter.mul %[[X]], %[[C0_125]]
// CHECK-NEXT: %[[SELECT:.*]] = sinter.select %[[COMPARE]], %[[X]], %[[MUL]]
// CHECK-NEXT: return %[[SELECT]]
func.func @leaky_relu(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %y = sinter.leaky_relu %x slope = 0.125 : tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// expm1 rather than exp minus one.
// CHECK-LABEL: func.func @elu(
// CHECK-SAME: %[[X:[^:]*]]: tensor<4xf32>
// CHECK-DAG: %[[C1_5:.*]] = sinter.constant dense<1.500000e+00> : tensor<4xf32> -> tensor<4xf32>
// CHECK-DAG: %[[ZERO:.*]] = sinter.constant dense<0.000000e+00> : tensor<4xf32> -> tensor<4xf32>
// CHECK: %[[EXPM1:.*]] = sinter.expm1 %[[X]]
// CHECK-NEXT: %[[COMPARE:.*]] = sinter.compare gt, %[[X]], %[[ZERO]]
// CHECK-NEXT: %[[MUL:.*]] = sinter.mul %[[EXPM1]], %[[C1_5]]
// CHECK-NEXT: %[[SELECT:.*]] = sinter.select %[[COMPARE]], %[[X]], %[[MUL]]
// CHECK-NEXT: return %[[SELECT]]
func.func @elu(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = sinter.elu %x alpha = 1.5 : tensor<4xf32>
  return %y : tensor<4xf32>
}

// The default alpha costs no multiplication.
// CHECK-LABEL: func.func @elu_of_alpha_one(
// CHECK-SAME: %[[X:[^:]*]]: tensor<4xf32>
// CHECK-DAG: %[[ZERO:.*]] = sinter.constant dense<0.000000e+00> : tensor<4xf32> -> tensor<4xf32>
// CHECK: %[[EXPM1:.*]] = sinter.expm1 %[[X]]
// CHECK-NEXT: %[[COMPARE:.*]] = sinter.compare gt, %[[X]], %[[ZERO]]
// CHECK-NEXT: %[[SELECT:.*]] = sinter.select %[[COMPARE]], %[[X]], %[[EXPM1]]
// CHECK-NEXT: return %[[SELECT]]
func.func @elu_of_alpha_one(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = sinter.elu %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

// x sigmoid(x).
// CHECK-LABEL: func.func @silu(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x4xf32>
// CHECK-NEXT: %[[SIGMOID:.*]] = sinter.sigmoid %[[X]]
// CHECK-NEXT: %[[MUL:.*]] = sinter.mul %[[X]], %[[SIGMOID]]
// CHECK-NEXT: return %[[MUL]]
func.func @silu(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %y = sinter.silu %x : tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// The exponential is of -|z| and cannot overflow; x itself beyond the threshold.
// CHECK-LABEL: func.func @softplus(
// CHECK-SAME: %[[X:[^:]*]]: tensor<4xf32>
// CHECK-DAG: %[[HALF:.*]] = sinter.constant dense<5.000000e-01> : tensor<4xf32> -> tensor<4xf32>
// CHECK-DAG: %[[ZERO:.*]] = sinter.constant dense<0.000000e+00> : tensor<4xf32> -> tensor<4xf32>
// CHECK-DAG: %[[C16:.*]] = sinter.constant dense<1.600000e+01> : tensor<4xf32> -> tensor<4xf32>
// CHECK-DAG: %[[TWO:.*]] = sinter.constant dense<2.000000e+00> : tensor<4xf32> -> tensor<4xf32>
// CHECK: %[[MUL:.*]] = sinter.mul %[[X]], %[[TWO]]
// CHECK-NEXT: %[[ABS:.*]] = sinter.abs %[[MUL]]
// CHECK-NEXT: %[[NEGATE:.*]] = sinter.negate %[[ABS]]
// CHECK-NEXT: %[[EXP:.*]] = sinter.exp %[[NEGATE]]
// CHECK-NEXT: %[[LOG1P:.*]] = sinter.log1p %[[EXP]]
// CHECK-NEXT: %[[COMPARE:.*]] = sinter.compare gt, %[[MUL]], %[[C16]]
// CHECK-NEXT: %[[MAX:.*]] = sinter.max %[[MUL]], %[[ZERO]]
// CHECK-NEXT: %[[ADD:.*]] = sinter.add %[[MAX]], %[[LOG1P]]
// CHECK-NEXT: %[[MUL1:.*]] = sinter.mul %[[ADD]], %[[HALF]]
// CHECK-NEXT: %[[SELECT:.*]] = sinter.select %[[COMPARE]], %[[X]], %[[MUL1]]
// CHECK-NEXT: return %[[SELECT]]
func.func @softplus(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = sinter.softplus %x beta = 2.0 threshold = 16.0 : tensor<4xf32>
  return %y : tensor<4xf32>
}

// x Phi(x) by erf.
// CHECK-LABEL: func.func @gelu_erf(
// CHECK-SAME: %[[X:[^:]*]]: tensor<4xf64>
// CHECK-DAG: %[[HALF:.*]] = sinter.constant dense<5.000000e-01> : tensor<4xf64> -> tensor<4xf64>
// CHECK-DAG: %[[ONE:.*]] = sinter.constant dense<1.000000e+00> : tensor<4xf64> -> tensor<4xf64>
// CHECK-DAG: %[[C0_707107:.*]] = sinter.constant dense<0.70710678118654757> : tensor<4xf64> -> tensor<4xf64>
// CHECK: %[[MUL:.*]] = sinter.mul %[[X]], %[[C0_707107]]
// CHECK-NEXT: %[[ERF:.*]] = sinter.erf %[[MUL]]
// CHECK-NEXT: %[[ADD:.*]] = sinter.add %[[ERF]], %[[ONE]]
// CHECK-NEXT: %[[MUL1:.*]] = sinter.mul %[[ADD]], %[[HALF]]
// CHECK-NEXT: %[[MUL2:.*]] = sinter.mul %[[X]], %[[MUL1]]
// CHECK-NEXT: return %[[MUL2]]
func.func @gelu_erf(%x: tensor<4xf64>) -> tensor<4xf64> {
  %y = sinter.gelu %x : tensor<4xf64>
  return %y : tensor<4xf64>
}

// (1 + tanh(u)) / 2 is sigmoid(2 u), which keeps its digits where tanh(u) is near -1.
// CHECK-LABEL: func.func @gelu_tanh(
// CHECK-SAME: %[[X:[^:]*]]: tensor<4xf64>
// CHECK-DAG: %[[C1_59577:.*]] = sinter.constant dense<1.5957691216057308> : tensor<4xf64> -> tensor<4xf64>
// CHECK-DAG: %[[ONE:.*]] = sinter.constant dense<1.000000e+00> : tensor<4xf64> -> tensor<4xf64>
// CHECK-DAG: %[[C0_044715:.*]] = sinter.constant dense<4.471500e-02> : tensor<4xf64> -> tensor<4xf64>
// CHECK: %[[SQUARE:.*]] = sinter.square %[[X]]
// CHECK-NEXT: %[[MUL:.*]] = sinter.mul %[[SQUARE]], %[[C0_044715]]
// CHECK-NEXT: %[[ADD:.*]] = sinter.add %[[MUL]], %[[ONE]]
// CHECK-NEXT: %[[MUL1:.*]] = sinter.mul %[[X]], %[[ADD]]
// CHECK-NEXT: %[[MUL2:.*]] = sinter.mul %[[MUL1]], %[[C1_59577]]
// CHECK-NEXT: %[[SIGMOID:.*]] = sinter.sigmoid %[[MUL2]]
// CHECK-NEXT: %[[MUL3:.*]] = sinter.mul %[[X]], %[[SIGMOID]]
// CHECK-NEXT: return %[[MUL3]]
func.func @gelu_tanh(%x: tensor<4xf64>) -> tensor<4xf64> {
  %y = sinter.gelu %x tanh : tensor<4xf64>
  return %y : tensor<4xf64>
}

