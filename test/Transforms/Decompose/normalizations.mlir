// Softmax and the normalizations as core ops; forward and backward name the same statistics of a row.
// RUN: sinter-opt %s --sinter-differentiate --sinter-decompose --cse --symbol-dce | FileCheck %s

// One division per row, not per element.
// CHECK-LABEL: func.func @softmax(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x5xf32>
// CHECK-DAG: %[[ONE:.*]] = sinter.constant dense<1.000000e+00> : tensor<1xf32> -> tensor<?xf32>
// CHECK: %[[REDUCE:.*]] = sinter.reduce max %[[X]] dims = [1]
// CHECK-NEXT: %[[BROADCAST:.*]] = sinter.broadcast %[[REDUCE]] dims = [0] : tensor<?xf32> -> tensor<?x5xf32>
// CHECK-NEXT: %[[SUB:.*]] = sinter.sub %[[X]], %[[BROADCAST]]
// CHECK-NEXT: %[[EXP:.*]] = sinter.exp %[[SUB]]
// CHECK-NEXT: %[[REDUCE1:.*]] = sinter.reduce sum %[[EXP]] dims = [1]
// CHECK-NEXT: %[[DIV:.*]] = sinter.div %[[ONE]], %[[REDUCE1]]
// CHECK-NEXT: %[[BROADCAST1:.*]] = sinter.broadcast %[[DIV]] dims = [0] : tensor<?xf32> -> tensor<?x5xf32>
// CHECK-NEXT: %[[MUL:.*]] = sinter.mul %[[EXP]], %[[BROADCAST1]]
// CHECK-NEXT: return %[[MUL]]
func.func @softmax(%x: tensor<?x5xf32>) -> tensor<?x5xf32> {
  %y = sinter.softmax %x dim = 1 : tensor<?x5xf32>
  return %y : tensor<?x5xf32>
}

// Along the first dimension.
// CHECK-LABEL: func.func @softmax_of_columns(
// CHECK-SAME: %[[X:[^:]*]]: tensor<3x5xf32>
// CHECK-DAG: %[[ONE:.*]] = sinter.constant dense<1.000000e+00> : tensor<5xf32> -> tensor<5xf32>
// CHECK: %[[REDUCE:.*]] = sinter.reduce max %[[X]] dims = [0]
// CHECK-NEXT: %[[BROADCAST:.*]] = sinter.broadcast %[[REDUCE]] dims = [1] : tensor<5xf32> -> tensor<3x5xf32>
// CHECK-NEXT: %[[SUB:.*]] = sinter.sub %[[X]], %[[BROADCAST]]
// CHECK-NEXT: %[[EXP:.*]] = sinter.exp %[[SUB]]
// CHECK-NEXT: %[[REDUCE1:.*]] = sinter.reduce sum %[[EXP]] dims = [0]
// CHECK-NEXT: %[[DIV:.*]] = sinter.div %[[ONE]], %[[REDUCE1]]
// CHECK-NEXT: %[[BROADCAST1:.*]] = sinter.broadcast %[[DIV]] dims = [1] : tensor<5xf32> -> tensor<3x5xf32>
// CHECK-NEXT: %[[MUL:.*]] = sinter.mul %[[EXP]], %[[BROADCAST1]]
// CHECK-NEXT: return %[[MUL]]
func.func @softmax_of_columns(%x: tensor<3x5xf32>) -> tensor<3x5xf32> {
  %y = sinter.softmax %x dim = 0 : tensor<3x5xf32>
  return %y : tensor<3x5xf32>
}

// (x - max) - log(sum).
// CHECK-LABEL: func.func @log_softmax(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x5xf32>
// CHECK-NEXT: %[[REDUCE:.*]] = sinter.reduce max %[[X]] dims = [1]
// CHECK-NEXT: %[[BROADCAST:.*]] = sinter.broadcast %[[REDUCE]] dims = [0] : tensor<?xf32> -> tensor<?x5xf32>
// CHECK-NEXT: %[[SUB:.*]] = sinter.sub %[[X]], %[[BROADCAST]]
// CHECK-NEXT: %[[EXP:.*]] = sinter.exp %[[SUB]]
// CHECK-NEXT: %[[REDUCE1:.*]] = sinter.reduce sum %[[EXP]] dims = [1]
// CHECK-NEXT: %[[LOG:.*]] = sinter.log %[[REDUCE1]]
// CHECK-NEXT: %[[BROADCAST1:.*]] = sinter.broadcast %[[LOG]] dims = [0] : tensor<?xf32> -> tensor<?x5xf32>
// CHECK-NEXT: %[[SUB1:.*]] = sinter.sub %[[SUB]], %[[BROADCAST1]]
// CHECK-NEXT: return %[[SUB1]]
func.func @log_softmax(%x: tensor<?x5xf32>) -> tensor<?x5xf32> {
  %y = sinter.log_softmax %x dim = 1 : tensor<?x5xf32>
  return %y : tensor<?x5xf32>
}

// The variance is of what is centered already.
// CHECK-LABEL: func.func @layer_norm(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x8xf32>, %[[SCALE:[^:]*]]: tensor<8xf32>, %[[SHIFT:[^:]*]]: tensor<8xf32>
// CHECK-DAG: %[[HALF:.*]] = sinter.constant dense<5.000000e-01> : tensor<1xf32> -> tensor<?xf32>
// CHECK-DAG: %[[C0_125:.*]] = sinter.constant dense<1.250000e-01> : tensor<1xf32> -> tensor<?xf32>
// CHECK: %[[REDUCE:.*]] = sinter.reduce sum %[[X]] dims = [1]
// CHECK-NEXT: %[[MUL:.*]] = sinter.mul %[[REDUCE]], %[[C0_125]]
// CHECK-NEXT: %[[BROADCAST:.*]] = sinter.broadcast %[[MUL]] dims = [0] : tensor<?xf32> -> tensor<?x8xf32>
// CHECK-NEXT: %[[SUB:.*]] = sinter.sub %[[X]], %[[BROADCAST]]
// CHECK-NEXT: %[[SQUARE:.*]] = sinter.square %[[SUB]]
// CHECK-NEXT: %[[REDUCE1:.*]] = sinter.reduce sum %[[SQUARE]] dims = [1]
// CHECK-NEXT: %[[MUL1:.*]] = sinter.mul %[[REDUCE1]], %[[C0_125]]
// CHECK-NEXT: %[[ADD:.*]] = sinter.add %[[MUL1]], %[[HALF]]
// CHECK-NEXT: %[[RSQRT:.*]] = sinter.rsqrt %[[ADD]]
// CHECK-NEXT: %[[BROADCAST1:.*]] = sinter.broadcast %[[RSQRT]] dims = [0] : tensor<?xf32> -> tensor<?x8xf32>
// CHECK-NEXT: %[[MUL2:.*]] = sinter.mul %[[SUB]], %[[BROADCAST1]]
// CHECK-NEXT: %[[BROADCAST2:.*]] = sinter.broadcast %[[SCALE]] dims = [1] : tensor<8xf32> -> tensor<?x8xf32>
// CHECK-NEXT: %[[MUL3:.*]] = sinter.mul %[[MUL2]], %[[BROADCAST2]]
// CHECK-NEXT: %[[BROADCAST3:.*]] = sinter.broadcast %[[SHIFT]] dims = [1] : tensor<8xf32> -> tensor<?x8xf32>
// CHECK-NEXT: %[[ADD1:.*]] = sinter.add %[[MUL3]], %[[BROADCAST3]]
// CHECK-NEXT: return %[[ADD1]]
func.func @layer_norm(%x: tensor<?x8xf32>, %scale: tensor<8xf32>, %shift: tensor<8xf32>) -> tensor<?x8xf32> {
  %y = sinter.layer_norm %x, %scale, %shift epsilon = 0.5 : tensor<?x8xf32>, tensor<8xf32>
  return %y : tensor<?x8xf32>
}

// No mean is subtracted.
// CHECK-LABEL: func.func @rms_norm(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x8xf32>, %[[SCALE:[^:]*]]: tensor<8xf32>
// CHECK-DAG: %[[HALF:.*]] = sinter.constant dense<5.000000e-01> : tensor<1xf32> -> tensor<?xf32>
// CHECK-DAG: %[[C0_125:.*]] = sinter.constant dense<1.250000e-01> : tensor<1xf32> -> tensor<?xf32>
// CHECK: %[[SQUARE:.*]] = sinter.square %[[X]]
// CHECK-NEXT: %[[REDUCE:.*]] = sinter.reduce sum %[[SQUARE]] dims = [1]
// CHECK-NEXT: %[[MUL:.*]] = sinter.mul %[[REDUCE]], %[[C0_125]]
// CHECK-NEXT: %[[ADD:.*]] = sinter.add %[[MUL]], %[[HALF]]
// CHECK-NEXT: %[[RSQRT:.*]] = sinter.rsqrt %[[ADD]]
// CHECK-NEXT: %[[BROADCAST:.*]] = sinter.broadcast %[[RSQRT]] dims = [0] : tensor<?xf32> -> tensor<?x8xf32>
// CHECK-NEXT: %[[MUL1:.*]] = sinter.mul %[[X]], %[[BROADCAST]]
// CHECK-NEXT: %[[BROADCAST1:.*]] = sinter.broadcast %[[SCALE]] dims = [1] : tensor<8xf32> -> tensor<?x8xf32>
// CHECK-NEXT: %[[MUL2:.*]] = sinter.mul %[[MUL1]], %[[BROADCAST1]]
// CHECK-NEXT: return %[[MUL2]]
func.func @rms_norm(%x: tensor<?x8xf32>, %scale: tensor<8xf32>) -> tensor<?x8xf32> {
  %y = sinter.rms_norm %x, %scale epsilon = 0.5 : tensor<?x8xf32>, tensor<8xf32>
  return %y : tensor<?x8xf32>
}

func.func private @weighted_softmax(%x: tensor<?x5xf32>, %w: tensor<?x5xf32>) -> tensor<f32> {
  %y = sinter.softmax %x dim = 1 : tensor<?x5xf32>
  %z = sinter.mul %y, %w : tensor<?x5xf32>
  %s = sinter.reduce sum %z dims = [0, 1] : tensor<?x5xf32> -> tensor<f32>
  return %s : tensor<f32>
}
// The gradient is made from the softmax itself: e^x is computed once.
// CHECK-LABEL: func.func @softmax_backward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x5xf32>, %[[W:[^:]*]]: tensor<?x5xf32>
// CHECK-DAG: %[[ONE:.*]] = sinter.constant dense<1.000000e+00> : tensor<1xf32> -> tensor<?xf32>
// CHECK: %[[REDUCE:.*]] = sinter.reduce max %[[X]] dims = [1]
// CHECK-NEXT: %[[BROADCAST:.*]] = sinter.broadcast %[[REDUCE]] dims = [0] : tensor<?xf32> -> tensor<?x5xf32>
// CHECK-NEXT: %[[SUB:.*]] = sinter.sub %[[X]], %[[BROADCAST]]
// CHECK-NEXT: %[[EXP:.*]] = sinter.exp %[[SUB]]
// CHECK-NEXT: %[[REDUCE1:.*]] = sinter.reduce sum %[[EXP]] dims = [1]
// CHECK-NEXT: %[[DIV:.*]] = sinter.div %[[ONE]], %[[REDUCE1]]
// CHECK-NEXT: %[[BROADCAST1:.*]] = sinter.broadcast %[[DIV]] dims = [0] : tensor<?xf32> -> tensor<?x5xf32>
// CHECK-NEXT: %[[MUL:.*]] = sinter.mul %[[EXP]], %[[BROADCAST1]]
// CHECK-NEXT: %[[MUL1:.*]] = sinter.mul %[[MUL]], %[[W]]
// CHECK-NEXT: %[[REDUCE2:.*]] = sinter.reduce sum %[[MUL1]] dims = [1]
// CHECK-NEXT: %[[REDUCE3:.*]] = sinter.reduce sum %[[REDUCE2]] dims = [0]
// CHECK-NEXT: %[[BROADCAST2:.*]] = sinter.broadcast %[[REDUCE2]] dims = [0] : tensor<?xf32> -> tensor<?x5xf32>
// CHECK-NEXT: %[[SUB1:.*]] = sinter.sub %[[W]], %[[BROADCAST2]]
// CHECK-NEXT: %[[MUL2:.*]] = sinter.mul %[[MUL]], %[[SUB1]]
// CHECK-NEXT: return %[[REDUCE3]], %[[MUL2]]
func.func @softmax_backward(%x: tensor<?x5xf32>, %w: tensor<?x5xf32>) -> (tensor<f32>, tensor<?x5xf32>) {
  %s, %g = sinter.value_and_grad @weighted_softmax(%x, %w) wrt [0] : (tensor<?x5xf32>, tensor<?x5xf32>) -> (tensor<f32>, tensor<?x5xf32>)
  return %s, %g : tensor<f32>, tensor<?x5xf32>
}

func.func private @weighted_norm(%x: tensor<?x8xf32>, %scale: tensor<8xf32>, %w: tensor<?x8xf32>) -> tensor<f32> {
  %y = sinter.rms_norm %x, %scale epsilon = 0.5 : tensor<?x8xf32>, tensor<8xf32>
  %z = sinter.mul %y, %w : tensor<?x8xf32>
  %s = sinter.reduce sum %z dims = [0, 1] : tensor<?x8xf32> -> tensor<f32>
  return %s : tensor<f32>
}
// The backward pass finds the forward pass's 1 / sqrt(mean(x^2) + epsilon); its other statistic, mean(h x), does not wait
// for that.
// CHECK-LABEL: func.func @rms_norm_backward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x8xf32>, %[[SCALE:[^:]*]]: tensor<8xf32>, %[[W:[^:]*]]: tensor<?x8xf32>
// CHECK-DAG: %[[C0_125:.*]] = sinter.constant dense<1.250000e-01> : tensor<1xf32> -> tensor<?xf32>
// CHECK-DAG: %[[HALF:.*]] = sinter.constant dense<5.000000e-01> : tensor<1xf32> -> tensor<?xf32>
// CHECK: %[[SQUARE:.*]] = sinter.square %[[X]]
// CHECK-NEXT: %[[REDUCE:.*]] = sinter.reduce sum %[[SQUARE]] dims = [1]
// CHECK-NEXT: %[[MUL:.*]] = sinter.mul %[[REDUCE]], %[[C0_125]]
// CHECK-NEXT: %[[ADD:.*]] = sinter.add %[[MUL]], %[[HALF]]
// CHECK-NEXT: %[[RSQRT:.*]] = sinter.rsqrt %[[ADD]]
// CHECK-NEXT: %[[BROADCAST:.*]] = sinter.broadcast %[[RSQRT]] dims = [0] : tensor<?xf32> -> tensor<?x8xf32>
// CHECK-NEXT: %[[MUL1:.*]] = sinter.mul %[[X]], %[[BROADCAST]]
// CHECK-NEXT: %[[BROADCAST1:.*]] = sinter.broadcast %[[SCALE]] dims = [1] : tensor<8xf32> -> tensor<?x8xf32>
// CHECK-NEXT: %[[MUL2:.*]] = sinter.mul %[[MUL1]], %[[BROADCAST1]]
// CHECK-NEXT: %[[MUL3:.*]] = sinter.mul %[[MUL2]], %[[W]]
// CHECK-NEXT: %[[REDUCE1:.*]] = sinter.reduce sum %[[MUL3]] dims = [1]
// CHECK-NEXT: %[[REDUCE2:.*]] = sinter.reduce sum %[[REDUCE1]] dims = [0]
// CHECK-NEXT: %[[MUL4:.*]] = sinter.mul %[[W]], %[[BROADCAST1]]
// CHECK-NEXT: %[[SQUARED:.*]] = sinter.mul %[[RSQRT]], %[[RSQRT]]
// CHECK-NEXT: %[[MUL5:.*]] = sinter.mul %[[MUL4]], %[[X]]
// CHECK-NEXT: %[[REDUCE3:.*]] = sinter.reduce sum %[[MUL5]] dims = [1]
// CHECK-NEXT: %[[MEAN:.*]] = sinter.mul %[[REDUCE3]], %[[C0_125]]
// CHECK-NEXT: %[[MUL6:.*]] = sinter.mul %[[SQUARED]], %[[MEAN]]
// CHECK-NEXT: %[[BROADCAST2:.*]] = sinter.broadcast %[[MUL6]] dims = [0] : tensor<?xf32> -> tensor<?x8xf32>
// CHECK-NEXT: %[[MUL7:.*]] = sinter.mul %[[X]], %[[BROADCAST2]]
// CHECK-NEXT: %[[SUB:.*]] = sinter.sub %[[MUL4]], %[[MUL7]]
// CHECK-NEXT: %[[MUL8:.*]] = sinter.mul %[[BROADCAST]], %[[SUB]]
// CHECK-NEXT: return %[[REDUCE2]], %[[MUL8]]
func.func @rms_norm_backward(%x: tensor<?x8xf32>, %scale: tensor<8xf32>, %w: tensor<?x8xf32>) -> (tensor<f32>, tensor<?x8xf32>) {
  %s, %g = sinter.value_and_grad @weighted_norm(%x, %scale, %w) wrt [0]
      : (tensor<?x8xf32>, tensor<8xf32>, tensor<?x8xf32>) -> (tensor<f32>, tensor<?x8xf32>)
  return %s, %g : tensor<f32>, tensor<?x8xf32>
}

