// Sums of columns in kernels of products, compared with the reference interpreter: the gradients of biases behind a sigmoid,
// whose derivative makes the epilogue a long one, behind ReLU, and of a layer whose cotangent is a product alone. No extent
// is a multiple of anything; the smaller batch that is compared as well leaves parts without rows. Where k is as long as 2063
// it is cut into blocks.
// RUN: sinterc %s --batch=1003 --remarks=fusion --print-schedules -o %t.schedules 2>&1 | grep 'partial-sums' | FileCheck %s --check-prefix=REMARK
// RUN: sinterc %s --batch=1003 --verify | FileCheck %s --implicit-check-not=wrong
// RUN: sinterc %s --batch=1003 --schedules=%t.schedules --verify | FileCheck %s --implicit-check-not=wrong
// RUN: sinterc %s --batch=331 --target-cpu=x86-64-v3 --verify | FileCheck %s --implicit-check-not=wrong
// RUN: sinterc %s --batch=331 --target-cpu=x86-64-v4 --verify | FileCheck %s --implicit-check-not=wrong
// RUN: sed 's/f32/f64/g; s/307/97/g; s/401/2063/g' %s > %t.mlir
// RUN: sinterc %t.mlir --batch=331 --verify | FileCheck %s --implicit-check-not=wrong

// REMARK-COUNT-3: [Passed] partial-sums
// CHECK-COUNT-2: train_step,
// CHECK: right
module {
  sinter.parameter @w0 : tensor<401x53xf32> = kaiming_uniform(1.0)
  sinter.parameter @b0 : tensor<401xf32> = zeros
  sinter.parameter @w1 : tensor<307x401xf32> = kaiming_uniform(1.0)
  sinter.parameter @b1 : tensor<307xf32> = uniform(-0.1, 0.1)
  sinter.parameter @w2 : tensor<401x307xf32> = kaiming_uniform(1.0)
  sinter.parameter @b2 : tensor<401xf32> = zeros
  sinter.parameter @w3 : tensor<37x401xf32> = kaiming_uniform(1.0)
  sinter.model @forward(%x: tensor<?x53xf32>) -> tensor<?x37xf32> {
    %w0, %b0, %w1, %b1, %w2, %b2, %w3 = sinter.get @w0, @b0, @w1, @b1, @w2, @b2, @w3 : tensor<401x53xf32>, tensor<401xf32>,
        tensor<307x401xf32>, tensor<307xf32>, tensor<401x307xf32>, tensor<401xf32>, tensor<37x401xf32>
    %0 = sinter.linear %x, %w0, %b0 : (tensor<?x53xf32>, tensor<401x53xf32>, tensor<401xf32>) -> tensor<?x401xf32>
    %1 = sinter.sigmoid %0 : tensor<?x401xf32>
    %2 = sinter.linear %1, %w1, %b1 : (tensor<?x401xf32>, tensor<307x401xf32>, tensor<307xf32>) -> tensor<?x307xf32>
    %3 = sinter.linear %2, %w2, %b2 : (tensor<?x307xf32>, tensor<401x307xf32>, tensor<401xf32>) -> tensor<?x401xf32>
    %4 = sinter.relu %3 : tensor<?x401xf32>
    %5 = sinter.dot_general %4, %w3 batch = [] x [] contract = [1] x [1] : (tensor<?x401xf32>, tensor<37x401xf32>) -> tensor<?x37xf32>
    sinter.return %5 : tensor<?x37xf32>
  }
  sinter.loss @mse(%y: tensor<?x37xf32>, %t: tensor<?x37xf32>) -> tensor<f32> {
    %l = sinter.mse_loss %y, %t : (tensor<?x37xf32>, tensor<?x37xf32>) -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer adam {learning_rate = 0.001}
}
