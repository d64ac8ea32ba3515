// Products of bf16 that fill a large GPU, in all layouts, with few multiplications: no extent is a multiple of a tile's.
// y = (x w^T) * (x v) for a batch x; `batch` rows of 72 numbers.
module @wide {
  sinter.parameter @w : tensor<16520x72xf32> = uniform(-0.1, 0.1)
  sinter.parameter @v : tensor<72x16520xf32> = uniform(-0.1, 0.1)
  sinter.parameter @b : tensor<16520xf32> = uniform(-0.1, 0.1)

  sinter.model @forward(%x: tensor<?x72xf32>) -> tensor<?x16520xf32> {
    %w, %v, %b = sinter.get @w, @v, @b : tensor<16520x72xf32>, tensor<72x16520xf32>, tensor<16520xf32>
    %xh = sinter.convert %x : tensor<?x72xf32> to tensor<?x72xbf16>
    %wh = sinter.convert %w : tensor<16520x72xf32> to tensor<16520x72xbf16>
    %vh = sinter.convert %v : tensor<72x16520xf32> to tensor<72x16520xbf16>
    %0 = sinter.linear %xh, %wh, %b : (tensor<?x72xbf16>, tensor<16520x72xbf16>, tensor<16520xf32>) -> tensor<?x16520xf32>
    %1 = sinter.tanh %0 : tensor<?x16520xf32>
    %2 = sinter.dot_general %xh, %vh batch = [] x [] contract = [1] x [0]
        : (tensor<?x72xbf16>, tensor<72x16520xbf16>) -> tensor<?x16520xf32>
    %3 = sinter.mul %1, %2 : tensor<?x16520xf32>
    sinter.return %3 : tensor<?x16520xf32>
  }
  sinter.loss @loss(%y: tensor<?x16520xf32>) -> tensor<f32> {
    %s = sinter.mul %y, %y : tensor<?x16520xf32>
    %l = sinter.reduce mean %s dims = [0, 1] : tensor<?x16520xf32> -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer sgd {learning_rate = 10.0}
}
