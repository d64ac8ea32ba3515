// A residual block with layer norm and dropout; gradients are clipped to norm 1.
module @dropout_norm {
  sinter.parameter @embed.weight : tensor<32x64xf32> = xavier_uniform
  sinter.parameter @embed.bias : tensor<32xf32> = zeros
  sinter.parameter @norm.scale : tensor<32xf32> = ones
  sinter.parameter @norm.shift : tensor<32xf32> = zeros
  sinter.parameter @up.weight : tensor<48x32xf32> = kaiming_normal
  sinter.parameter @up.bias : tensor<48xf32> = zeros
  sinter.parameter @down.weight : tensor<32x48xf32> = xavier_normal(0.5)
  sinter.parameter @final.scale : tensor<32xf32> = ones
  sinter.parameter @out.weight : tensor<10x32xf32> = xavier_uniform
  sinter.parameter @out.bias : tensor<10xf32> = zeros

  sinter.model @forward(%x: tensor<?x64xf32>) -> tensor<?x10xf32> {
    %we, %be = sinter.get @embed.weight, @embed.bias : tensor<32x64xf32>, tensor<32xf32>
    %e = sinter.linear %x, %we, %be : (tensor<?x64xf32>, tensor<32x64xf32>, tensor<32xf32>) -> tensor<?x32xf32>

    // e + dropout(down(silu(up(layer_norm(e)))))
    %scale, %shift = sinter.get @norm.scale, @norm.shift : tensor<32xf32>, tensor<32xf32>
    %n = sinter.layer_norm %e, %scale, %shift : tensor<?x32xf32>, tensor<32xf32>
    %wu, %bu = sinter.get @up.weight, @up.bias : tensor<48x32xf32>, tensor<48xf32>
    %u = sinter.linear %n, %wu, %bu : (tensor<?x32xf32>, tensor<48x32xf32>, tensor<48xf32>) -> tensor<?x48xf32>
    %s = sinter.silu %u : tensor<?x48xf32>
    %wd = sinter.get @down.weight : tensor<32x48xf32>
    %d = sinter.linear %s, %wd : (tensor<?x48xf32>, tensor<32x48xf32>) -> tensor<?x32xf32>
    %dropped = sinter.dropout %d rate = 0.1 : tensor<?x32xf32>
    %r = sinter.add %e, %dropped : tensor<?x32xf32>

    %final = sinter.get @final.scale : tensor<32xf32>
    %f = sinter.rms_norm %r, %final : tensor<?x32xf32>, tensor<32xf32>
    %wo, %bo = sinter.get @out.weight, @out.bias : tensor<10x32xf32>, tensor<10xf32>
    %y = sinter.linear %f, %wo, %bo : (tensor<?x32xf32>, tensor<10x32xf32>, tensor<10xf32>) -> tensor<?x10xf32>
    sinter.return %y : tensor<?x10xf32>
  }
  sinter.loss @loss(%y: tensor<?x10xf32>, %class: tensor<?xi32>) -> tensor<f32> {
    %l = sinter.cross_entropy %y, %class label_smoothing = 0.05 : (tensor<?x10xf32>, tensor<?xi32>) -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer adamw {learning_rate = 0.003, weight_decay = 0.01, clip_global_norm = 1.0}
  sinter.metrics ["accuracy"]
}
