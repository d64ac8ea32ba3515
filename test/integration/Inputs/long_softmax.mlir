// Attention to many places: a product's scores become weights of another product, both kept in two bytes each.
module @long_softmax {
  sinter.parameter @key : tensor<16x20002xf32> = normal(0.0, 0.5)
  sinter.parameter @value : tensor<20002x8xf32> = normal(0.0, 1.0)
  sinter.model @forward(%x: tensor<?x16xf32>) -> tensor<?x8xf32> {
    %key, %value = sinter.get @key, @value : tensor<16x20002xf32>, tensor<20002x8xf32>
    %q = sinter.convert %x : tensor<?x16xf32> to tensor<?x16xbf16>
    %k = sinter.convert %key : tensor<16x20002xf32> to tensor<16x20002xbf16>
    %v = sinter.convert %value : tensor<20002x8xf32> to tensor<20002x8xbf16>
    %s = sinter.dot_general %q, %k batch = [] x [] contract = [1] x [0] : (tensor<?x16xbf16>, tensor<16x20002xbf16>) -> tensor<?x20002xf32>
    %h = sinter.convert %s : tensor<?x20002xf32> to tensor<?x20002xbf16>
    %f = sinter.convert %h : tensor<?x20002xbf16> to tensor<?x20002xf32>
    %p = sinter.softmax %f dim = 1 : tensor<?x20002xf32>
    %w = sinter.convert %p : tensor<?x20002xf32> to tensor<?x20002xbf16>
    %y = sinter.dot_general %w, %v batch = [] x [] contract = [1] x [0] : (tensor<?x20002xbf16>, tensor<20002x8xbf16>) -> tensor<?x8xf32>
    sinter.return %y : tensor<?x8xf32>
  }
  sinter.loss @loss(%y: tensor<?x8xf32>, %t: tensor<?x8xf32>) -> tensor<f32> {
    %l = sinter.mse_loss %y, %t : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer sgd {learning_rate = 0.01}
}
