// Data that whoever has them names by `--shared`: they may not be passed on by this repository.

/** @import { Source } from "../fetch/provide.js" */

/** Sentences of 150 intents as embeddings by all-MiniLM-L6-v2: Larson and others, 2019. @type {Source} */
export const clinc150 = {
  name: "clinc150",
  title: "CLINC150, sentence embeddings",
  origin: "`--shared`: clinc150-minilm/",
  licence: "text CC BY 3.0",
  place: { shared: "clinc150-minilm" },
  files: {
    "train_x_f16.npy": "4f1074db656f430e072fd406d26375dee5d74dd860fbf576eb015dc1bbbbada4",
    "train_y_u8.npy": "5d6b93023c6000f955a834cf567efe70e0a8b3ac11a597c76d1b6d6177c2afd6",
    "val_x_f16.npy": "a01e0409d9e73c7f9cb9bc2afdb543fd535d751ef49d3e36d0e2181c2dd4678d",
    "val_y_u8.npy": "65545babf9b8aeb9da6568857f598f481c3ed2c730c83e503dbce7848638f2e5",
    "test_x_f16.npy": "51c7a66501c70a7b7c43064cfc9ad798213eec20608a8694d683ccd202c71dce",
    "test_y_u8.npy": "7754c4071cc2adcf7e88ccd301ab1595f75db6d5e7451c8c9a647cc50afde5a7",
  },
};

/** 1,623 characters of 50 alphabets, 28×28, each drawn by 20 people, 16 of whom train: Lake and others, 2015. @type {Source} */
export const omniglot = {
  name: "omniglot",
  title: "Omniglot-1623",
  origin: "`--shared`: omniglot28/",
  licence: "MIT",
  place: { shared: "omniglot28" },
  files: {
    "train-images-idx3-ubyte.gz": "8b08571b948c8faccba2d1a47901dd1b21fc23131edc8fcdd45a74e71186624b",
    "train-labels-idx1-short.gz": "0b122116a6e0611ffc8529f67b8766fb2f60486aa1b69561f99da02952650c92",
    "test-images-idx3-ubyte.gz": "8761f87f24d85a0618fdb356552bb5153489e107ece14fec95ac17630f3676e0",
    "test-labels-idx1-short.gz": "60b36c72a7c2352f1ecbb1a7a70afcad5fd95dc5ed530531b7a825158a2739bb",
  },
};

/** Articles of Wikipedia as words: Merity and others, 2017. @type {Source} */
export const wikitext2 = {
  name: "wikitext-2",
  title: "WikiText-2",
  origin: "`--shared`: wikitext-2/",
  licence: "CC BY-SA 3.0",
  place: { shared: "wikitext-2" },
  files: {
    "train.txt.gz": "16d62f42dfaa7dcb67d246a9a56d8b003af67cc33bc0fd1caeb91f4be32224da",
    "valid.txt.gz": "3cdd8cb5bb349a05840c7c3bef9578d90d64df77e27e0c25c033ba9342757ee3",
    "test.txt.gz": "688887879b4b526692cb2e423a516dcc5f6584a01fd3f33a8e164fbed2de8090",
  },
};
