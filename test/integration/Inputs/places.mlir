// A layer of each kind for each of seven places of a row: norms and layers whose parameters are the same at all of them, so
// that their gradients add up over rows and places; a table of positions, which is added behind a product; dropout, which
// counts elements; a residual; a softmax that is compared with.
module @places {
  sinter.parameter @position : tensor<7x203xf32> = normal(0, 0.5)
  sinter.parameter @scale : tensor<203xf32> = uniform(0.5, 1.5)
  sinter.parameter @shift : tensor<203xf32> = uniform(-0.5, 0.5)
  sinter.parameter @w0 : tensor<203x53xf32> = kaiming_uniform(1.0)
  sinter.parameter @b0 : tensor<203xf32> = uniform(-0.1, 0.1)
  sinter.parameter @w1 : tensor<307x203xf32> = kaiming_uniform(1.0)
  sinter.parameter @b1 : tensor<307xf32> = zeros
  sinter.parameter @w2 : tensor<203x307xf32> = kaiming_uniform(1.0)
  sinter.parameter @b2 : tensor<203xf32> = zeros
  sinter.model @forward(%x: tensor<?x7x53xf32>) -> tensor<?x7x203xf32> {
    %w0, %b0, %w1, %b1, %w2, %b2 = sinter.get @w0, @b0, @w1, @b1, @w2, @b2 : tensor<203x53xf32>, tensor<203xf32>, tensor<307x203xf32>,
        tensor<307xf32>, tensor<203x307xf32>, tensor<203xf32>
    %table, %scale, %shift = sinter.get @position, @scale, @shift : tensor<7x203xf32>, tensor<203xf32>, tensor<203xf32>
    %0 = sinter.linear %x, %w0, %b0 : (tensor<?x7x53xf32>, tensor<203x53xf32>, tensor<203xf32>) -> tensor<?x7x203xf32>
    %positions = sinter.broadcast %table dims = [1, 2] : tensor<7x203xf32> -> tensor<?x7x203xf32>
    %1 = sinter.add %0, %positions : tensor<?x7x203xf32>
    %2 = sinter.layer_norm %1, %scale, %shift : tensor<?x7x203xf32>, tensor<203xf32>
    %3 = sinter.linear %2, %w1, %b1 : (tensor<?x7x203xf32>, tensor<307x203xf32>, tensor<307xf32>) -> tensor<?x7x307xf32>
    %4 = sinter.gelu %3 : tensor<?x7x307xf32>
    %5 = sinter.linear %4, %w2, %b2 : (tensor<?x7x307xf32>, tensor<203x307xf32>, tensor<203xf32>) -> tensor<?x7x203xf32>
    %6 = sinter.dropout %5 rate = 0.25 : tensor<?x7x203xf32>
    %7 = sinter.add %6, %1 : tensor<?x7x203xf32>
    %8 = sinter.rms_norm %7, %scale : tensor<?x7x203xf32>, tensor<203xf32>
    sinter.return %8 : tensor<?x7x203xf32>
  }
  sinter.loss @loss(%y: tensor<?x7x203xf32>, %t: tensor<?x7x203xf32>) -> tensor<f32> {
    %s = sinter.softmax %y dim = 2 : tensor<?x7x203xf32>
    %l = sinter.mse_loss %s, %t : (tensor<?x7x203xf32>, tensor<?x7x203xf32>) -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer adam {learning_rate = 0.001}
}
