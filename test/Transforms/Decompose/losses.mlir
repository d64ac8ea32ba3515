// Losses as core ops: elementwise terms, then sums of one dimension at a time, the last one first.
// RUN: sinter-opt %s --sinter-decompose | FileCheck %s

// The mean is the sum times 1 / (3 rows).
// CHECK-LABEL: func.func @mse_loss(
// CHECK-SAME: %[[Y:[^:]*]]: tensor<?x3xf32>, %[[T:[^:]*]]: tensor<?x3xf32>
// CHECK-DAG: %[[ONE:.*]] = sinter.constant dense<1.000000e+00> : tensor<f32> -> tensor<f32>
// CHECK-DAG: %[[C3:.*]] = sinter.constant dense<3.000000e+00> : tensor<f32> -> tensor<f32>
// CHECK: %[[SUB:.*]] = sinter.sub %[[Y]], %[[T]]
// CHECK-NEXT: %[[SQUARE:.*]] = sinter.square %[[SUB]]
// CHECK-NEXT: %[[BATCH_SIZE:.*]] = sinter.batch_size
// CHECK-NEXT: %[[MUL:.*]] = sinter.mul %[[BATCH_SIZE]], %[[C3]]
// CHECK-NEXT: %[[DIV:.*]] = sinter.div %[[ONE]], %[[MUL]]
// CHECK-NEXT: %[[REDUCE:.*]] = sinter.reduce sum %[[SQUARE]] dims = [1]
// CHECK-NEXT: %[[REDUCE1:.*]] = sinter.reduce sum %[[REDUCE]] dims = [0]
// CHECK-NEXT: %[[MUL1:.*]] = sinter.mul %[[REDUCE1]], %[[DIV]]
// CHECK-NEXT: return %[[MUL1]]
func.func @mse_loss(%y: tensor<?x3xf32>, %t: tensor<?x3xf32>) -> tensor<f32> {
  %l = sinter.mse_loss %y, %t : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<f32>
  return %l : tensor<f32>
}

// Without a mean there is no count.
// CHECK-LABEL: func.func @mse_loss_sum(
// CHECK-SAME: %[[Y:[^:]*]]: tensor<?x3xf32>, %[[T:[^:]*]]: tensor<?x3xf32>
// CHECK-NEXT: %[[SUB:.*]] = sinter.sub %[[Y]], %[[T]]
// CHECK-NEXT: %[[SQUARE:.*]] = sinter.square %[[SUB]]
// CHECK-NEXT: %[[REDUCE:.*]] = sinter.reduce sum %[[SQUARE]] dims = [1]
// CHECK-NEXT: %[[REDUCE1:.*]] = sinter.reduce sum %[[REDUCE]] dims = [0]
// CHECK-NEXT: return %[[REDUCE1]]
func.func @mse_loss_sum(%y: tensor<?x3xf32>, %t: tensor<?x3xf32>) -> tensor<f32> {
  %l = sinter.mse_loss %y, %t sum : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<f32>
  return %l : tensor<f32>
}

// |y - t|; extents known at compile time are counted there.
// CHECK-LABEL: func.func @l1_loss(
// CHECK-SAME: %[[Y:[^:]*]]: tensor<4x2xf32>, %[[T:[^:]*]]: tensor<4x2xf32>
// CHECK-DAG: %[[C0_125:.*]] = sinter.constant dense<1.250000e-01> : tensor<f32> -> tensor<f32>
// CHECK: %[[SUB:.*]] = sinter.sub %[[Y]], %[[T]]
// CHECK-NEXT: %[[ABS:.*]] = sinter.abs %[[SUB]]
// CHECK-NEXT: %[[REDUCE:.*]] = sinter.reduce sum %[[ABS]] dims = [1]
// CHECK-NEXT: %[[REDUCE1:.*]] = sinter.reduce sum %[[REDUCE]] dims = [0]
// CHECK-NEXT: %[[MUL:.*]] = sinter.mul %[[REDUCE1]], %[[C0_125]]
// CHECK-NEXT: return %[[MUL]]
func.func @l1_loss(%y: tensor<4x2xf32>, %t: tensor<4x2xf32>) -> tensor<f32> {
  %l = sinter.l1_loss %y, %t : (tensor<4x2xf32>, tensor<4x2xf32>) -> tensor<f32>
  return %l : tensor<f32>
}

// A parabola up to delta, a line from there on.
// CHECK-LABEL: func.func @huber_loss(
// CHECK-SAME: %[[Y:[^:]*]]: tensor<8xf32>, %[[T:[^:]*]]: tensor<8xf32>
// CHECK-DAG: %[[ONE:.*]] = sinter.constant dense<1.000000e+00> : tensor<8xf32> -> tensor<8xf32>
// CHECK-DAG: %[[HALF:.*]] = sinter.constant dense<5.000000e-01> : tensor<8xf32> -> tensor<8xf32>
// CHECK-DAG: %[[TWO:.*]] = sinter.constant dense<2.000000e+00> : tensor<8xf32> -> tensor<8xf32>
// CHECK: %[[SUB:.*]] = sinter.sub %[[Y]], %[[T]]
// CHECK-NEXT: %[[ABS:.*]] = sinter.abs %[[SUB]]
// CHECK-NEXT: %[[COMPARE:.*]] = sinter.compare le, %[[ABS]], %[[TWO]]
// CHECK-NEXT: %[[SQUARE:.*]] = sinter.square %[[SUB]]
// CHECK-NEXT: %[[MUL:.*]] = sinter.mul %[[SQUARE]], %[[HALF]]
// CHECK-NEXT: %[[SUB1:.*]] = sinter.sub %[[ABS]], %[[ONE]]
// CHECK-NEXT: %[[MUL1:.*]] = sinter.mul %[[SUB1]], %[[TWO]]
// CHECK-NEXT: %[[SELECT:.*]] = sinter.select %[[COMPARE]], %[[MUL]], %[[MUL1]]
// CHECK-NEXT: %[[REDUCE:.*]] = sinter.reduce sum %[[SELECT]] dims = [0]
// CHECK-NEXT: return %[[REDUCE]]
func.func @huber_loss(%y: tensor<8xf32>, %t: tensor<8xf32>) -> tensor<f32> {
  %l = sinter.huber_loss %y, %t delta = 2.0 sum : (tensor<8xf32>, tensor<8xf32>) -> tensor<f32>
  return %l : tensor<f32>
}

// max(y, 0) - y t + log1p(exp(-|y|)): no exponential of a large number.
// CHECK-LABEL: func.func @bce_with_logits(
// CHECK-SAME: %[[Y:[^:]*]]: tensor<8xf32>, %[[T:[^:]*]]: tensor<8xf32>
// CHECK-DAG: %[[ZERO:.*]] = sinter.constant dense<0.000000e+00> : tensor<8xf32> -> tensor<8xf32>
// CHECK: %[[ABS:.*]] = sinter.abs %[[Y]]
// CHECK-NEXT: %[[NEGATE:.*]] = sinter.negate %[[ABS]]
// CHECK-NEXT: %[[EXP:.*]] = sinter.exp %[[NEGATE]]
// CHECK-NEXT: %[[LOG1P:.*]] = sinter.log1p %[[EXP]]
// CHECK-NEXT: %[[MAX:.*]] = sinter.max %[[Y]], %[[ZERO]]
// CHECK-NEXT: %[[MUL:.*]] = sinter.mul %[[Y]], %[[T]]
// CHECK-NEXT: %[[SUB:.*]] = sinter.sub %[[MAX]], %[[MUL]]
// CHECK-NEXT: %[[ADD:.*]] = sinter.add %[[SUB]], %[[LOG1P]]
// CHECK-NEXT: %[[REDUCE:.*]] = sinter.reduce sum %[[ADD]] dims = [0]
// CHECK-NEXT: return %[[REDUCE]]
func.func @bce_with_logits(%y: tensor<8xf32>, %t: tensor<8xf32>) -> tensor<f32> {
  %l = sinter.bce_with_logits %y, %t sum : (tensor<8xf32>, tensor<8xf32>) -> tensor<f32>
  return %l : tensor<f32>
}

// The logarithm is chosen where the class is the label; the mean is over rows.
// CHECK-LABEL: func.func @cross_entropy_of_classes(
// CHECK-SAME: %[[Y:[^:]*]]: tensor<?x5xf32>, %[[T:[^:]*]]: tensor<?xi32>
// CHECK-DAG: %[[ONE:.*]] = sinter.constant dense<1.000000e+00> : tensor<f32> -> tensor<f32>
// CHECK-DAG: %[[ZERO:.*]] = sinter.constant dense<0.000000e+00> : tensor<1x5xf32> -> tensor<?x5xf32>
// CHECK: %[[REDUCE:.*]] = sinter.reduce max %[[Y]] dims = [1]
// CHECK-NEXT: %[[BROADCAST:.*]] = sinter.broadcast %[[REDUCE]] dims = [0] : tensor<?xf32> -> tensor<?x5xf32>
// CHECK-NEXT: %[[SUB:.*]] = sinter.sub %[[Y]], %[[BROADCAST]]
// CHECK-NEXT: %[[EXP:.*]] = sinter.exp %[[SUB]]
// CHECK-NEXT: %[[REDUCE1:.*]] = sinter.reduce sum %[[EXP]] dims = [1]
// CHECK-NEXT: %[[LOG:.*]] = sinter.log %[[REDUCE1]]
// CHECK-NEXT: %[[BROADCAST1:.*]] = sinter.broadcast %[[LOG]] dims = [0] : tensor<?xf32> -> tensor<?x5xf32>
// CHECK-NEXT: %[[SUB1:.*]] = sinter.sub %[[SUB]], %[[BROADCAST1]]
// CHECK-NEXT: %[[IOTA:.*]] = sinter.iota dim = 1 : tensor<?x5xi32>
// CHECK-NEXT: %[[BROADCAST2:.*]] = sinter.broadcast %[[T]] dims = [0] : tensor<?xi32> -> tensor<?x5xi32>
// CHECK-NEXT: %[[COMPARE:.*]] = sinter.compare eq, %[[IOTA]], %[[BROADCAST2]]
// CHECK-NEXT: %[[SELECT:.*]] = sinter.select %[[COMPARE]], %[[SUB1]], %[[ZERO]]
// CHECK-NEXT: %[[REDUCE2:.*]] = sinter.reduce sum %[[SELECT]] dims = [1]
// CHECK-NEXT: %[[NEGATE:.*]] = sinter.negate %[[REDUCE2]]
// CHECK-NEXT: %[[BATCH_SIZE:.*]] = sinter.batch_size
// CHECK-NEXT: %[[DIV:.*]] = sinter.div %[[ONE]], %[[BATCH_SIZE]]
// CHECK-NEXT: %[[REDUCE3:.*]] = sinter.reduce sum %[[NEGATE]] dims = [0]
// CHECK-NEXT: %[[MUL:.*]] = sinter.mul %[[REDUCE3]], %[[DIV]]
// CHECK-NEXT: return %[[MUL]]
func.func @cross_entropy_of_classes(%y: tensor<?x5xf32>, %t: tensor<?xi32>) -> tensor<f32> {
  %l = sinter.cross_entropy %y, %t : (tensor<?x5xf32>, tensor<?xi32>) -> tensor<f32>
  return %l : tensor<f32>
}

// Smoothing: 0.75 of the label's logarithm and 0.25 / 5 of all logarithms.
// CHECK-LABEL: func.func @cross_entropy_smoothed(
// CHECK-SAME: %[[Y:[^:]*]]: tensor<?x5xf32>, %[[T:[^:]*]]: tensor<?xi64>
// CHECK-DAG: %[[C0_05:.*]] = sinter.constant dense<5.000000e-02> : tensor<1xf32> -> tensor<?xf32>
// CHECK-DAG: %[[C0_75:.*]] = sinter.constant dense<7.500000e-01> : tensor<1xf32> -> tensor<?xf32>
// CHECK-DAG: %[[ZERO:.*]] = sinter.constant dense<0.000000e+00> : tensor<1x5xf32> -> tensor<?x5xf32>
// CHECK: %[[REDUCE:.*]] = sinter.reduce max %[[Y]] dims = [1]
// CHECK-NEXT: %[[BROADCAST:.*]] = sinter.broadcast %[[REDUCE]] dims = [0] : tensor<?xf32> -> tensor<?x5xf32>
// CHECK-NEXT: %[[SUB:.*]] = sinter.sub %[[Y]], %[[BROADCAST]]
// CHECK-NEXT: %[[EXP:.*]] = sinter.exp %[[SUB]]
// CHECK-NEXT: %[[REDUCE1:.*]] = sinter.reduce sum %[[EXP]] dims = [1]
// CHECK-NEXT: %[[LOG:.*]] = sinter.log %[[REDUCE1]]
// CHECK-NEXT: %[[BROADCAST1:.*]] = sinter.broadcast %[[LOG]] dims = [0] : tensor<?xf32> -> tensor<?x5xf32>
// CHECK-NEXT: %[[SUB1:.*]] = sinter.sub %[[SUB]], %[[BROADCAST1]]
// CHECK-NEXT: %[[IOTA:.*]] = sinter.iota dim = 1 : tensor<?x5xi64>
// CHECK-NEXT: %[[BROADCAST2:.*]] = sinter.broadcast %[[T]] dims = [0] : tensor<?xi64> -> tensor<?x5xi64>
// CHECK-NEXT: %[[COMPARE:.*]] = sinter.compare eq, %[[IOTA]], %[[BROADCAST2]]
// CHECK-NEXT: %[[SELECT:.*]] = sinter.select %[[COMPARE]], %[[SUB1]], %[[ZERO]]
// CHECK-NEXT: %[[REDUCE2:.*]] = sinter.reduce sum %[[SELECT]] dims = [1]
// CHECK-NEXT: %[[MUL:.*]] = sinter.mul %[[REDUCE2]], %[[C0_75]]
// CHECK-NEXT: %[[REDUCE3:.*]] = sinter.reduce sum %[[SUB1]] dims = [1]
// CHECK-NEXT: %[[MUL1:.*]] = sinter.mul %[[REDUCE3]], %[[C0_05]]
// CHECK-NEXT: %[[ADD:.*]] = sinter.add %[[MUL]], %[[MUL1]]
// CHECK-NEXT: %[[NEGATE:.*]] = sinter.negate %[[ADD]]
// CHECK-NEXT: %[[REDUCE4:.*]] = sinter.reduce sum %[[NEGATE]] dims = [0]
// CHECK-NEXT: return %[[REDUCE4]]
func.func @cross_entropy_smoothed(%y: tensor<?x5xf32>, %t: tensor<?xi64>) -> tensor<f32> {
  %l = sinter.cross_entropy %y, %t label_smoothing = 0.25 sum : (tensor<?x5xf32>, tensor<?xi64>) -> tensor<f32>
  return %l : tensor<f32>
}

// Probabilities multiply the logarithms.
// CHECK-LABEL: func.func @cross_entropy_of_probabilities(
// CHECK-SAME: %[[Y:[^:]*]]: tensor<?x5xf32>, %[[T:[^:]*]]: tensor<?x5xf32>
// CHECK-NEXT: %[[REDUCE:.*]] = sinter.reduce max %[[Y]] dims = [1]
// CHECK-NEXT: %[[BROADCAST:.*]] = sinter.broadcast %[[REDUCE]] dims = [0] : tensor<?xf32> -> tensor<?x5xf32>
// CHECK-NEXT: %[[SUB:.*]] = sinter.sub %[[Y]], %[[BROADCAST]]
// CHECK-NEXT: %[[EXP:.*]] = sinter.exp %[[SUB]]
// CHECK-NEXT: %[[REDUCE1:.*]] = sinter.reduce sum %[[EXP]] dims = [1]
// CHECK-NEXT: %[[LOG:.*]] = sinter.log %[[REDUCE1]]
// CHECK-NEXT: %[[BROADCAST1:.*]] = sinter.broadcast %[[LOG]] dims = [0] : tensor<?xf32> -> tensor<?x5xf32>
// CHECK-NEXT: %[[SUB1:.*]] = sinter.sub %[[SUB]], %[[BROADCAST1]]
// CHECK-NEXT: %[[MUL:.*]] = sinter.mul %[[T]], %[[SUB1]]
// CHECK-NEXT: %[[REDUCE2:.*]] = sinter.reduce sum %[[MUL]] dims = [1]
// CHECK-NEXT: %[[NEGATE:.*]] = sinter.negate %[[REDUCE2]]
// CHECK-NEXT: %[[REDUCE3:.*]] = sinter.reduce sum %[[NEGATE]] dims = [0]
// CHECK-NEXT: return %[[REDUCE3]]
func.func @cross_entropy_of_probabilities(%y: tensor<?x5xf32>, %t: tensor<?x5xf32>) -> tensor<f32> {
  %l = sinter.cross_entropy %y, %t sum : (tensor<?x5xf32>, tensor<?x5xf32>) -> tensor<f32>
  return %l : tensor<f32>
}

// Smoothed probabilities: 0.5 t + 0.5 / 4.
// CHECK-LABEL: func.func @cross_entropy_of_smoothed_probabilities(
// CHECK-SAME: %[[Y:[^:]*]]: tensor<2x4xf32>, %[[T:[^:]*]]: tensor<2x4xf32>
// CHECK-DAG: %[[C0_125:.*]] = sinter.constant dense<1.250000e-01> : tensor<2x4xf32> -> tensor<2x4xf32>
// CHECK-DAG: %[[HALF:.*]] = sinter.constant dense<5.000000e-01> : tensor<2x4xf32> -> tensor<2x4xf32>
// CHECK: %[[REDUCE:.*]] = sinter.reduce max %[[Y]] dims = [1]
// CHECK-NEXT: %[[BROADCAST:.*]] = sinter.broadcast %[[REDUCE]] dims = [0] : tensor<2xf32> -> tensor<2x4xf32>
// CHECK-NEXT: %[[SUB:.*]] = sinter.sub %[[Y]], %[[BROADCAST]]
// CHECK-NEXT: %[[EXP:.*]] = sinter.exp %[[SUB]]
// CHECK-NEXT: %[[REDUCE1:.*]] = sinter.reduce sum %[[EXP]] dims = [1]
// CHECK-NEXT: %[[LOG:.*]] = sinter.log %[[REDUCE1]]
// CHECK-NEXT: %[[BROADCAST1:.*]] = sinter.broadcast %[[LOG]] dims = [0] : tensor<2xf32> -> tensor<2x4xf32>
// CHECK-NEXT: %[[SUB1:.*]] = sinter.sub %[[SUB]], %[[BROADCAST1]]
// CHECK-NEXT: %[[MUL:.*]] = sinter.mul %[[T]], %[[HALF]]
// CHECK-NEXT: %[[ADD:.*]] = sinter.add %[[MUL]], %[[C0_125]]
// CHECK-NEXT: %[[MUL1:.*]] = sinter.mul %[[ADD]], %[[SUB1]]
// CHECK-NEXT: %[[REDUCE2:.*]] = sinter.reduce sum %[[MUL1]] dims = [1]
// CHECK-NEXT: %[[NEGATE:.*]] = sinter.negate %[[REDUCE2]]
// CHECK-NEXT: %[[REDUCE3:.*]] = sinter.reduce sum %[[NEGATE]] dims = [0]
// CHECK-NEXT: return %[[REDUCE3]]
func.func @cross_entropy_of_smoothed_probabilities(%y: tensor<2x4xf32>, %t: tensor<2x4xf32>) -> tensor<f32> {
  %l = sinter.cross_entropy %y, %t label_smoothing = 0.5 sum : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<f32>
  return %l : tensor<f32>
}

