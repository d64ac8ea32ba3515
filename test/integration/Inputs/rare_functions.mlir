// Functions of regions that no instruction of a GPU computes, erfc down to its small results, and integer powers.
module @rare_functions {
  sinter.parameter @weight : tensor<33xf32> = uniform(0.5, 2.0)
  sinter.model @forward(%x: tensor<?x33xf32>) -> tensor<?x33xf32> {
    %weight = sinter.get @weight : tensor<33xf32>
    %w = sinter.broadcast %weight dims = [1] : tensor<33xf32> -> tensor<?x33xf32>
    %y = sinter.map ins(%x, %w : tensor<?x33xf32>, tensor<?x33xf32>) -> tensor<?x33xf32> {
    ^bb0(%a: f32, %b: f32):
      %four = arith.constant 4.0 : f32
      %three = arith.constant 3 : i32
      %minus = arith.constant -5 : i32
      %scaled = arith.mulf %a, %four : f32
      %tail = math.erfc %scaled : f32
      %cube = math.fpowi %scaled, %three : f32, i32
      %small = math.fpowi %b, %minus : f32, i32
      %whole = arith.fptosi %scaled : f32 to i32
      %any = math.fpowi %b, %whole : f32, i32
      %p = arith.mulf %tail, %small : f32
      %q = arith.addf %p, %cube : f32
      %r = arith.addf %q, %any : f32
      sinter.yield %r : f32
    }
    sinter.return %y : tensor<?x33xf32>
  }
  sinter.loss @loss(%y: tensor<?x33xf32>, %t: tensor<?x33xf32>) -> tensor<f32> {
    %l = sinter.mse_loss %y, %t : (tensor<?x33xf32>, tensor<?x33xf32>) -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer sgd {learning_rate = 0.01}
}
