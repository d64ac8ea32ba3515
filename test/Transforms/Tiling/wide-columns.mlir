// Sums over the rows of many columns, compared with the reference interpreter: gradients of the scale and the shift of a
// norm, in a kernel of their own. 600 columns are two wide blocks, 37 rows are no multiple of those that are added at a time.
// RUN: sinterc %s --batch=37 --no-fuse=partials --print-schedules | FileCheck %s --check-prefix=SCHEDULE
// RUN: sinterc %s --batch=37 --no-fuse=partials --verify | FileCheck %s --implicit-check-not=wrong

// SCHEDULE: train_step/{{.*}}<column, tile = [{{3[0-9][0-9]}}, 8]
// CHECK: train_step, 37 rows
// CHECK: right state g:
// CHECK: right state b:
module @wide_columns {
  sinter.parameter @g : tensor<600xf32> = ones
  sinter.parameter @b : tensor<600xf32> = zeros
  sinter.model @forward(%x: tensor<?x600xf32>) -> tensor<?x600xf32> {
    %g, %b = sinter.get @g, @b : tensor<600xf32>, tensor<600xf32>
    %y = sinter.layer_norm %x, %g, %b : tensor<?x600xf32>, tensor<600xf32>
    sinter.return %y : tensor<?x600xf32>
  }
  sinter.loss @mse(%y: tensor<?x600xf32>, %t: tensor<?x600xf32>) -> tensor<f32> {
    %l = sinter.mse_loss %y, %t : (tensor<?x600xf32>, tensor<?x600xf32>) -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer sgd
}
