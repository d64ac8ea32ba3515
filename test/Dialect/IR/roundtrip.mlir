// Every op prints what it parses.
// RUN: sinter-opt %s | sinter-opt | FileCheck %s
// RUN: sinter-opt %s --mlir-print-op-generic | sinter-opt | FileCheck %s

// CHECK: sinter.parameter @w : tensor<5x4xf32> = kaiming_uniform(2.236000e+00)
sinter.parameter @w : tensor<5x4xf32> = kaiming_uniform(2.236)
// CHECK: sinter.parameter @b : tensor<5xf32> = uniform(-1.000000e+00, 1.000000e+00) stream 7
sinter.parameter @b : tensor<5xf32> = uniform(-1, 1.0) stream 7

// CHECK-LABEL: sinter.model @forward(%{{.*}}: tensor<?x4xf32> {sinter.name = "pixels"}) -> tensor<?x5xf32>
sinter.model @forward(%x: tensor<?x4xf32> {sinter.name = "pixels"}) -> tensor<?x5xf32> {
  // CHECK: sinter.get @w, @b : tensor<5x4xf32>, tensor<5xf32>
  %w, %b = sinter.get @w, @b : tensor<5x4xf32>, tensor<5xf32>
  // CHECK: sinter.linear %{{.*}}, %{{.*}}, %{{.*}} : (tensor<?x4xf32>, tensor<5x4xf32>, tensor<5xf32>) -> tensor<?x5xf32>
  %y = sinter.linear %x, %w, %b : (tensor<?x4xf32>, tensor<5x4xf32>, tensor<5xf32>) -> tensor<?x5xf32>
  // CHECK: sinter.return %{{.*}} : tensor<?x5xf32>
  sinter.return %y : tensor<?x5xf32>
}

// CHECK-LABEL: sinter.loss @loss
sinter.loss @loss(%y: tensor<?x5xf32>, %t: tensor<?xi32>) -> tensor<f32> {
  // CHECK: sinter.cross_entropy %{{.*}}, %{{.*}} label_smoothing = 1.000000e-01 sum : (tensor<?x5xf32>, tensor<?xi32>) -> tensor<f32>
  %l = sinter.cross_entropy %y, %t label_smoothing = 0.1 sum : (tensor<?x5xf32>, tensor<?xi32>) -> tensor<f32>
  sinter.return %l : tensor<f32>
}

// CHECK: sinter.optimizer adam {learning_rate = 1.000000e-03 : f64}
sinter.optimizer adam {learning_rate = 0.001}
// CHECK: sinter.metrics ["accuracy", "mae"]
sinter.metrics ["accuracy", "mae"]
// CHECK: sinter.state "w.exp_avg" optimizer : tensor<5x4xf32>
sinter.state "w.exp_avg" optimizer : tensor<5x4xf32>

// CHECK-LABEL: func.func @elementwise
func.func @elementwise(%x: tensor<?x5xf32>, %i: tensor<?x5xi32>, %seed: tensor<i64>, %step: tensor<i64>) {
  // CHECK: sinter.tanh %{{.*}} : tensor<?x5xf32>
  %0 = sinter.tanh %x : tensor<?x5xf32>
  // CHECK: sinter.add %{{.*}}, %{{.*}} : tensor<?x5xf32>
  %1 = sinter.add %x, %0 : tensor<?x5xf32>
  // CHECK: sinter.compare ge, %{{.*}}, %{{.*}} : tensor<?x5xf32>
  %2 = sinter.compare ge, %x, %1 : tensor<?x5xf32>
  // CHECK: sinter.select %{{.*}}, %{{.*}}, %{{.*}} : tensor<?x5xf32>
  %3 = sinter.select %2, %x, %1 : tensor<?x5xf32>
  // CHECK: sinter.convert %{{.*}} : tensor<?x5xi32> to tensor<?x5xf32>
  %4 = sinter.convert %i : tensor<?x5xi32> to tensor<?x5xf32>
  // CHECK: sinter.leaky_relu %{{.*}} slope = 2.000000e-01 : tensor<?x5xf32>
  %5 = sinter.leaky_relu %x slope = 0.2 : tensor<?x5xf32>
  // CHECK: sinter.elu %{{.*}} : tensor<?x5xf32>
  %6 = sinter.elu %x : tensor<?x5xf32>
  // CHECK: sinter.softplus %{{.*}} beta = 2.000000e+00 threshold = 1.000000e+01 : tensor<?x5xf32>
  %7 = sinter.softplus %x beta = 2.0 threshold = 10.0 : tensor<?x5xf32>
  // CHECK: sinter.gelu %{{[a-z0-9]+}} : tensor<?x5xf32>
  %8 = sinter.gelu %x : tensor<?x5xf32>
  // CHECK: sinter.gelu %{{[a-z0-9]+}} tanh : tensor<?x5xf32>
  %9 = sinter.gelu %x tanh : tensor<?x5xf32>
  // CHECK: sinter.dropout %{{.*}} rate = 5.000000e-01 key(%{{.*}}, %{{.*}}) stream = 3 : tensor<?x5xf32>
  %10 = sinter.dropout %x rate = 0.5 key(%seed, %step) stream = 3 : tensor<?x5xf32>
  // CHECK: sinter.dropout %{{[a-z0-9]+}} rate = 5.000000e-01 : tensor<?x5xf32>
  %11 = sinter.dropout %x rate = 0.5 : tensor<?x5xf32>
  // CHECK: sinter.map ins(%{{.*}}, %{{.*}} : tensor<?x5xf32>, tensor<?x5xi32>) -> tensor<?x5xf32>, tensor<?x5xi1>
  %12, %13 = sinter.map ins(%x, %i : tensor<?x5xf32>, tensor<?x5xi32>) -> tensor<?x5xf32>, tensor<?x5xi1> {
  ^bb0(%a: f32, %b: i32):
    %c = arith.mulf %a, %a : f32
    %p = arith.cmpi eq, %b, %b : i32
    // CHECK: sinter.yield %{{.*}}, %{{.*}} : f32, i1
    sinter.yield %c, %p : f32, i1
  }
  return
}

// CHECK-LABEL: func.func @core
func.func @core(%x: tensor<?x5xf32>, %v: tensor<5xf32>, %w: tensor<3x5xf32>, %seed: tensor<i64>, %step: tensor<i64>) {
  // CHECK: sinter.constant dense<5.000000e-01> : tensor<1x5xf32> -> tensor<?x5xf32>
  %0 = sinter.constant dense<0.5> : tensor<1x5xf32> -> tensor<?x5xf32>
  // CHECK: sinter.batch_size : tensor<f32>
  %1 = sinter.batch_size : tensor<f32>
  // CHECK: sinter.broadcast %{{.*}} dims = [1] : tensor<5xf32> -> tensor<?x5xf32>
  %2 = sinter.broadcast %v dims = [1] : tensor<5xf32> -> tensor<?x5xf32>
  // CHECK: sinter.reduce mean %{{.*}} dims = [0, 1] : tensor<?x5xf32> -> tensor<f32>
  %3 = sinter.reduce mean %x dims = [0, 1] : tensor<?x5xf32> -> tensor<f32>
  // CHECK: sinter.dot_general %{{.*}}, %{{.*}} batch = [] x [] contract = [1] x [1] : (tensor<?x5xf32>, tensor<3x5xf32>) -> tensor<?x3xf32>
  %4 = sinter.dot_general %x, %w batch = [] x [] contract = [1] x [1] : (tensor<?x5xf32>, tensor<3x5xf32>) -> tensor<?x3xf32>
  // CHECK: sinter.transpose %{{.*}} [1, 0] : tensor<3x5xf32> -> tensor<5x3xf32>
  %5 = sinter.transpose %w [1, 0] : tensor<3x5xf32> -> tensor<5x3xf32>
  // CHECK: sinter.reshape %{{.*}} : tensor<3x5xf32> -> tensor<15xf32>
  %6 = sinter.reshape %w : tensor<3x5xf32> -> tensor<15xf32>
  // CHECK: sinter.slice %{{.*}} [0:-1:1, 0:5:2] : tensor<?x5xf32> -> tensor<?x3xf32>
  %7 = sinter.slice %x [0:-1:1, 0:5:2] : tensor<?x5xf32> -> tensor<?x3xf32>
  // CHECK: sinter.pad %{{.*}} value = 1.000000e+00 low = [0, 1] high = [0, 2] interior = [0, 1] : tensor<?x5xf32> -> tensor<?x12xf32>
  %8 = sinter.pad %x value = 1.0 low = [0, 1] high = [0, 2] interior = [0, 1] : tensor<?x5xf32> -> tensor<?x12xf32>
  // CHECK: sinter.concatenate %{{.*}}, %{{.*}} dim = 1 : (tensor<?x5xf32>, tensor<?x3xf32>) -> tensor<?x8xf32>
  %9 = sinter.concatenate %x, %7 dim = 1 : (tensor<?x5xf32>, tensor<?x3xf32>) -> tensor<?x8xf32>
  // CHECK: sinter.iota dim = 1 : tensor<?x5xi32>
  %10 = sinter.iota dim = 1 : tensor<?x5xi32>
  // CHECK: sinter.random_bits %{{.*}}, %{{.*}} stream = 7 : tensor<?x5xi32>
  %11 = sinter.random_bits %seed, %step stream = 7 : tensor<?x5xi32>
  return
}

// CHECK-LABEL: func.func @composites
func.func @composites(%x: tensor<?x5xf64>, %t: tensor<?x5xf64>, %g: tensor<5xf64>) {
  // CHECK: sinter.softmax %{{.*}} dim = 1 : tensor<?x5xf64>
  %0 = sinter.softmax %x dim = 1 : tensor<?x5xf64>
  // CHECK: sinter.layer_norm %{{.*}}, %{{.*}}, %{{.*}} epsilon = 5.000000e-01 : tensor<?x5xf64>, tensor<5xf64>
  %1 = sinter.layer_norm %x, %g, %g epsilon = 0.5 : tensor<?x5xf64>, tensor<5xf64>
  // CHECK: sinter.rms_norm %{{.*}}, %{{.*}} : tensor<?x5xf64>, tensor<5xf64>
  %2 = sinter.rms_norm %x, %g : tensor<?x5xf64>, tensor<5xf64>
  // CHECK: sinter.mse_loss %{{.*}}, %{{.*}} : (tensor<?x5xf64>, tensor<?x5xf64>) -> tensor<f64>
  %3 = sinter.mse_loss %x, %t mean : (tensor<?x5xf64>, tensor<?x5xf64>) -> tensor<f64>
  // CHECK: sinter.huber_loss %{{.*}}, %{{.*}} delta = 2.000000e+00 sum : (tensor<?x5xf64>, tensor<?x5xf64>) -> tensor<f64>
  %4 = sinter.huber_loss %x, %t delta = 2.0 sum : (tensor<?x5xf64>, tensor<?x5xf64>) -> tensor<f64>
  return
}

func.func @square(%x: tensor<4xf64>, %n: tensor<i32>) -> (tensor<f64>, tensor<i32>) {
  %0 = sinter.square %x : tensor<4xf64>
  %1 = sinter.reduce sum %0 dims = [0] : tensor<4xf64> -> tensor<f64>
  return %1, %n : tensor<f64>, tensor<i32>
}

// CHECK-LABEL: func.func @gradient
func.func @gradient(%x: tensor<4xf64>, %n: tensor<i32>) -> tensor<4xf64> {
  // CHECK: sinter.value_and_grad @square(%{{.*}}, %{{.*}}) wrt [0] : (tensor<4xf64>, tensor<i32>) -> (tensor<f64>, tensor<i32>, tensor<4xf64>)
  %0:3 = sinter.value_and_grad @square(%x, %n) wrt [0] : (tensor<4xf64>, tensor<i32>) -> (tensor<f64>, tensor<i32>, tensor<4xf64>)
  return %0#2 : tensor<4xf64>
}

func.func private @relu_0(memref<8x5xf32>, memref<8x5xf32>, index, index, index)

// CHECK-LABEL: func.func @kernels
func.func @kernels(%x: tensor<?x5xf32>, %n: index, %m: memref<8x5xf32>) -> tensor<?x5xf32> {
  %e = tensor.empty(%n) : tensor<?x5xf32>
  // CHECK: sinter.kernel "relu" source ["relu"] schedule <map, tile = [4096], vector = 16, parallel = true> ins(
  %y = sinter.kernel "relu" source ["relu"] schedule <map, tile = [4096], vector = 16, parallel = true>
      ins(%x : tensor<?x5xf32>) outs(%e : tensor<?x5xf32>) -> tensor<?x5xf32> {
  ^bb0(%a: tensor<?x5xf32>, %out: tensor<?x5xf32>):
    sinter.yield %a : tensor<?x5xf32>
  }
  // CHECK: sinter.launch @relu_0 items #{{.*}} parallel ins(%{{.*}} : tensor<?x5xf32>) outs(%{{.*}} : tensor<?x5xf32>) -> tensor<?x5xf32>
  %z = sinter.launch @relu_0 items affine_map<(d0) -> (d0 ceildiv 8)> parallel ins(%y : tensor<?x5xf32>) outs(%e : tensor<?x5xf32>) -> tensor<?x5xf32>
  // CHECK: sinter.launch @relu_0 items #{{.*}} rows(%{{.*}}) ins(%{{.*}} : memref<8x5xf32>) outs(%{{.*}} : memref<8x5xf32>)
  sinter.launch @relu_0 items affine_map<(d0) -> (1)> rows(%n) ins(%m : memref<8x5xf32>) outs(%m : memref<8x5xf32>)
  return %z : tensor<?x5xf32>
}
