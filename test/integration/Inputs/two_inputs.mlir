// A line through two inputs; OPTIMIZER and TYPE are replaced.
module @line {
  sinter.parameter @weight : tensor<1x2xTYPE> = zeros
  sinter.model @forward(%x: tensor<?x2xTYPE>) -> tensor<?x1xTYPE> {
    %w = sinter.get @weight : tensor<1x2xTYPE>
    %y = sinter.dot_general %x, %w batch = [] x [] contract = [1] x [1] : (tensor<?x2xTYPE>, tensor<1x2xTYPE>) -> tensor<?x1xTYPE>
    sinter.return %y : tensor<?x1xTYPE>
  }
  sinter.loss @loss(%y: tensor<?x1xTYPE>, %t: tensor<?x1xTYPE>) -> tensor<TYPE> {
    %l = sinter.mse_loss %y, %t : (tensor<?x1xTYPE>, tensor<?x1xTYPE>) -> tensor<TYPE>
    sinter.return %l : tensor<TYPE>
  }
  sinter.optimizer OPTIMIZER
}
