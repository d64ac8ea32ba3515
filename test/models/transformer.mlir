// A transformer of one block that learns the next character of a text: 16 characters out of 27, width 32, 4 heads of 8.
// Characters are looked up by a product with one-hot rows; the same table gives the logits.
module @transformer {
  sinter.parameter @embed.character : tensor<27x32xf32> = normal(0, 0.1)
  sinter.parameter @embed.position : tensor<16x32xf32> = normal(0, 0.1)
  sinter.parameter @norm1.scale : tensor<32xf32> = ones
  sinter.parameter @norm1.shift : tensor<32xf32> = zeros
  sinter.parameter @query.weight : tensor<32x4x8xf32> = normal(0, 0.1)
  sinter.parameter @key.weight : tensor<32x4x8xf32> = normal(0, 0.1)
  sinter.parameter @value.weight : tensor<32x4x8xf32> = normal(0, 0.1)
  sinter.parameter @out.weight : tensor<32x4x8xf32> = normal(0, 0.1)
  sinter.parameter @norm2.scale : tensor<32xf32> = ones
  sinter.parameter @norm2.shift : tensor<32xf32> = zeros
  sinter.parameter @up.weight : tensor<128x32xf32> = normal(0, 0.1)
  sinter.parameter @up.bias : tensor<128xf32> = zeros
  sinter.parameter @down.weight : tensor<32x128xf32> = normal(0, 0.1)
  sinter.parameter @down.bias : tensor<32xf32> = zeros
  sinter.parameter @norm3.scale : tensor<32xf32> = ones
  sinter.parameter @norm3.shift : tensor<32xf32> = zeros

  sinter.model @forward(%text: tensor<?x16xi32>) -> tensor<?x16x27xf32> {
    // character[text] + position
    %character, %position = sinter.get @embed.character, @embed.position : tensor<27x32xf32>, tensor<16x32xf32>
    %places = sinter.broadcast %text dims = [0, 1] : tensor<?x16xi32> -> tensor<?x16x27xi32>
    %numbers = sinter.iota dim = 2 : tensor<?x16x27xi32>
    %is = sinter.compare eq, %places, %numbers : tensor<?x16x27xi32>
    %onehot = sinter.convert %is : tensor<?x16x27xi1> to tensor<?x16x27xf32>
    %looked_up = sinter.dot_general %onehot, %character batch = [] x [] contract = [2] x [0]
        : (tensor<?x16x27xf32>, tensor<27x32xf32>) -> tensor<?x16x32xf32>
    %everywhere = sinter.broadcast %position dims = [1, 2] : tensor<16x32xf32> -> tensor<?x16x32xf32>
    %x = sinter.add %looked_up, %everywhere : tensor<?x16x32xf32>

    // Attention: softmax(q k / sqrt(8)) v per head, each place looking at itself and what is before it.
    %s1, %h1 = sinter.get @norm1.scale, @norm1.shift : tensor<32xf32>, tensor<32xf32>
    %n1 = sinter.layer_norm %x, %s1, %h1 : tensor<?x16x32xf32>, tensor<32xf32>
    %wq, %wk, %wv, %wo = sinter.get @query.weight, @key.weight, @value.weight, @out.weight
        : tensor<32x4x8xf32>, tensor<32x4x8xf32>, tensor<32x4x8xf32>, tensor<32x4x8xf32>
    %q = sinter.dot_general %n1, %wq batch = [] x [] contract = [2] x [0]
        : (tensor<?x16x32xf32>, tensor<32x4x8xf32>) -> tensor<?x16x4x8xf32>
    %k = sinter.dot_general %n1, %wk batch = [] x [] contract = [2] x [0]
        : (tensor<?x16x32xf32>, tensor<32x4x8xf32>) -> tensor<?x16x4x8xf32>
    %v = sinter.dot_general %n1, %wv batch = [] x [] contract = [2] x [0]
        : (tensor<?x16x32xf32>, tensor<32x4x8xf32>) -> tensor<?x16x4x8xf32>
    %scores = sinter.dot_general %q, %k batch = [0, 2] x [0, 2] contract = [3] x [3]
        : (tensor<?x16x4x8xf32>, tensor<?x16x4x8xf32>) -> tensor<?x4x16x16xf32>
    %rate = sinter.constant dense<0.353553390593> : tensor<1x4x16x16xf32> -> tensor<?x4x16x16xf32>
    %scaled = sinter.mul %scores, %rate : tensor<?x4x16x16xf32>
    %to = sinter.iota dim = 2 : tensor<?x4x16x16xi32>
    %from = sinter.iota dim = 3 : tensor<?x4x16x16xi32>
    %is_before = sinter.compare le, %from, %to : tensor<?x4x16x16xi32>
    %never = sinter.constant dense<-1.0e9> : tensor<1x4x16x16xf32> -> tensor<?x4x16x16xf32>
    %masked = sinter.select %is_before, %scaled, %never : tensor<?x4x16x16xf32>
    %attention = sinter.softmax %masked dim = 3 : tensor<?x4x16x16xf32>
    %mixed = sinter.dot_general %attention, %v batch = [0, 1] x [0, 2] contract = [3] x [1]
        : (tensor<?x4x16x16xf32>, tensor<?x16x4x8xf32>) -> tensor<?x4x16x8xf32>
    %projected = sinter.dot_general %mixed, %wo batch = [] x [] contract = [1, 3] x [1, 2]
        : (tensor<?x4x16x8xf32>, tensor<32x4x8xf32>) -> tensor<?x16x32xf32>
    %y = sinter.add %x, %projected : tensor<?x16x32xf32>

    // y + down(gelu(up(norm(y))))
    %s2, %h2 = sinter.get @norm2.scale, @norm2.shift : tensor<32xf32>, tensor<32xf32>
    %n2 = sinter.layer_norm %y, %s2, %h2 : tensor<?x16x32xf32>, tensor<32xf32>
    %wu, %bu = sinter.get @up.weight, @up.bias : tensor<128x32xf32>, tensor<128xf32>
    %u = sinter.linear %n2, %wu, %bu : (tensor<?x16x32xf32>, tensor<128x32xf32>, tensor<128xf32>) -> tensor<?x16x128xf32>
    %g = sinter.gelu %u : tensor<?x16x128xf32>
    %wd, %bd = sinter.get @down.weight, @down.bias : tensor<32x128xf32>, tensor<32xf32>
    %d = sinter.linear %g, %wd, %bd : (tensor<?x16x128xf32>, tensor<32x128xf32>, tensor<32xf32>) -> tensor<?x16x32xf32>
    %z = sinter.add %y, %d : tensor<?x16x32xf32>

    %s3, %h3 = sinter.get @norm3.scale, @norm3.shift : tensor<32xf32>, tensor<32xf32>
    %n3 = sinter.layer_norm %z, %s3, %h3 : tensor<?x16x32xf32>, tensor<32xf32>
    %logits = sinter.dot_general %n3, %character batch = [] x [] contract = [2] x [1]
        : (tensor<?x16x32xf32>, tensor<27x32xf32>) -> tensor<?x16x27xf32>
    sinter.return %logits : tensor<?x16x27xf32>
  }
  sinter.loss @loss(%logits: tensor<?x16x27xf32>, %next: tensor<?x16xi32>) -> tensor<f32> {
    // -mean(log_softmax(logits)[next])
    %all = sinter.log_softmax %logits dim = 2 : tensor<?x16x27xf32>
    %places = sinter.broadcast %next dims = [0, 1] : tensor<?x16xi32> -> tensor<?x16x27xi32>
    %numbers = sinter.iota dim = 2 : tensor<?x16x27xi32>
    %is = sinter.compare eq, %places, %numbers : tensor<?x16x27xi32>
    %zero = sinter.constant dense<0.0> : tensor<1x16x27xf32> -> tensor<?x16x27xf32>
    %chosen = sinter.select %is, %all, %zero : tensor<?x16x27xf32>
    %sum = sinter.reduce sum %chosen dims = [2] : tensor<?x16x27xf32> -> tensor<?x16xf32>
    %mean = sinter.reduce mean %sum dims = [0, 1] : tensor<?x16xf32> -> tensor<f32>
    %l = sinter.negate %mean : tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer adamw {learning_rate = 0.003, weight_decay = 0.01}
}
