// Products whose results and operands are transposed in all ways that attention has, and others.
module @transposed_products {
  sinter.parameter @w : tensor<6x7xf32> = normal(0, 0.3)
  sinter.parameter @v : tensor<3x9x6xf32> = normal(0, 0.3)
  sinter.model @forward(%x: tensor<?x5x7xf32>) -> tensor<?x9xf32> {
    %w = sinter.get @w : tensor<6x7xf32>
    %v = sinter.get @v : tensor<3x9x6xf32>
    %p0 = sinter.dot_general %x, %w batch = [] x [] contract = [2] x [1] : (tensor<?x5x7xf32>, tensor<6x7xf32>) -> tensor<?x5x6xf32>
    %t0 = sinter.transpose %p0 [0, 2, 1] : tensor<?x5x6xf32> -> tensor<?x6x5xf32>
    %s = sinter.dot_general %x, %x batch = [0] x [0] contract = [2] x [2] : (tensor<?x5x7xf32>, tensor<?x5x7xf32>) -> tensor<?x5x5xf32>
    %st = sinter.transpose %s [0, 2, 1] : tensor<?x5x5xf32> -> tensor<?x5x5xf32>
    %p1 = sinter.dot_general %t0, %st batch = [0] x [0] contract = [2] x [1] : (tensor<?x6x5xf32>, tensor<?x5x5xf32>) -> tensor<?x6x5xf32>
    %p2 = sinter.dot_general %p1, %v batch = [] x [] contract = [1] x [2] : (tensor<?x6x5xf32>, tensor<3x9x6xf32>) -> tensor<?x5x3x9xf32>
    %t2 = sinter.transpose %p2 [0, 2, 3, 1] : tensor<?x5x3x9xf32> -> tensor<?x3x9x5xf32>
    %g = sinter.tanh %t2 : tensor<?x3x9x5xf32>
    %h = sinter.transpose %g [0, 1, 3, 2] : tensor<?x3x9x5xf32> -> tensor<?x3x5x9xf32>
    %p3 = sinter.dot_general %h, %g batch = [0, 1] x [0, 1] contract = [2] x [3] : (tensor<?x3x5x9xf32>, tensor<?x3x9x5xf32>) -> tensor<?x3x9x9xf32>
    %t3 = sinter.transpose %p3 [0, 2, 1, 3] : tensor<?x3x9x9xf32> -> tensor<?x9x3x9xf32>
    %t4 = sinter.transpose %t3 [0, 3, 2, 1] : tensor<?x9x3x9xf32> -> tensor<?x9x3x9xf32>
    %q = sinter.dot_general %t4, %t4 batch = [0, 2] x [0, 2] contract = [3] x [1] : (tensor<?x9x3x9xf32>, tensor<?x9x3x9xf32>) -> tensor<?x3x9x9xf32>
    %one = sinter.reduce mean %q dims = [1, 2] : tensor<?x3x9x9xf32> -> tensor<?x9xf32>
    sinter.return %one : tensor<?x9xf32>
  }
  sinter.loss @loss(%p: tensor<?x9xf32>, %t: tensor<?x9xf32>) -> tensor<f32> {
    %l = sinter.mse_loss %p, %t : (tensor<?x9xf32>, tensor<?x9xf32>) -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer adam {learning_rate = 0.001}
}
