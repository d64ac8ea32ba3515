// Logistic regression with two outcomes, 0 and 1, as floats: one logit, binary cross-entropy, plain gradient descent.
module @logistic {
  sinter.parameter @weight : tensor<1x30xf32> = zeros
  sinter.parameter @bias : tensor<1xf32> = zeros

  sinter.model @forward(%x: tensor<?x30xf32>) -> tensor<?x1xf32> {
    %w, %b = sinter.get @weight, @bias : tensor<1x30xf32>, tensor<1xf32>
    %y = sinter.linear %x, %w, %b : (tensor<?x30xf32>, tensor<1x30xf32>, tensor<1xf32>) -> tensor<?x1xf32>
    sinter.return %y : tensor<?x1xf32>
  }
  sinter.loss @loss(%y: tensor<?x1xf32>, %t: tensor<?x1xf32>) -> tensor<f32> {
    %l = sinter.bce_with_logits %y, %t : (tensor<?x1xf32>, tensor<?x1xf32>) -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer sgd {learning_rate = 0.1, momentum = 0.9, nesterov = true, weight_decay = 0.001}
  sinter.metrics ["accuracy"]
}
