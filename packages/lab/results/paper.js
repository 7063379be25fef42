// What Hoffer, Hubara and Soudry report in *Fix your classifier* (ICLR 2018), table 1: validation accuracy, %.

/** @type {readonly { data: string, network: string, learned: number, fixed: number }[]} */
export const PAPER = [
  { data: "CIFAR-10", network: "ResNet56", learned: 93.03, fixed: 93.14 },
  { data: "CIFAR-100", network: "DenseNet", learned: 77.73, fixed: 77.67 },
  { data: "ImageNet", network: "ResNet-50", learned: 75.3, fixed: 75.3 },
  { data: "ImageNet", network: "DenseNet-169", learned: 76.2, fixed: 76.0 },
  { data: "ImageNet", network: "ShuffleNet", learned: 65.9, fixed: 65.4 },
];
