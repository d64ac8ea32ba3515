// One product of bf16 that fills a large GPU and has more stretches of k than a block has stages: the gradient of @w is its column sums.
module @deep {
  sinter.parameter @w : tensor<16400xf32> = uniform(-1, 1)
  func.func private @loss_of(%w: tensor<16400xf32>, %a: tensor<128x456xf32>, %b: tensor<16400x456xf32>) -> tensor<f32> attributes {sinter.vjp = @gradient} {
    %zero = sinter.constant dense<0.0> : tensor<f32> -> tensor<f32>
    return %zero : tensor<f32>
  }
  func.func private @gradient(%w: tensor<16400xf32>, %a: tensor<128x456xf32>, %b: tensor<16400x456xf32>, %cotangent: tensor<f32>) -> (tensor<16400xf32>, tensor<128x456xf32>, tensor<16400x456xf32>) {
    %ah = sinter.convert %a : tensor<128x456xf32> to tensor<128x456xbf16>
    %bh = sinter.convert %b : tensor<16400x456xf32> to tensor<16400x456xbf16>
    %c = sinter.dot_general %ah, %bh batch = [] x [] contract = [1] x [1] : (tensor<128x456xbf16>, tensor<16400x456xbf16>) -> tensor<128x16400xf32>
    %ch = sinter.convert %c : tensor<128x16400xf32> to tensor<128x16400xbf16>
    %cf = sinter.convert %ch : tensor<128x16400xbf16> to tensor<128x16400xf32>
    %s = sinter.reduce sum %cf dims = [0] : tensor<128x16400xf32> -> tensor<16400xf32>
    return %s, %a, %b : tensor<16400xf32>, tensor<128x456xf32>, tensor<16400x456xf32>
  }
  sinter.model @forward(%a: tensor<128x456xf32>, %b: tensor<16400x456xf32>) -> tensor<f32> {
    %w = sinter.get @w : tensor<16400xf32>
    %l = func.call @loss_of(%w, %a, %b) : (tensor<16400xf32>, tensor<128x456xf32>, tensor<16400x456xf32>) -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.loss @loss(%l: tensor<f32>) -> tensor<f32> {
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer sgd
}
