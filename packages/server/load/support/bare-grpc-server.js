// What grpc-js alone can do: it takes a message, looks at nothing, and answers with as many bytes as the logits of a row. Argument: the bytes of its answer.
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { HEADERS } from "./grpc-client.js";

const asItIs = (bytes) => bytes;
const answer = Buffer.alloc(Number(process.argv[2]));
const path = HEADERS[":path"];
const method = {
  path,
  requestStream: false,
  responseStream: false,
  requestSerialize: asItIs,
  requestDeserialize: asItIs,
  responseSerialize: asItIs,
  responseDeserialize: asItIs,
};
const server = new Server({
  "grpc.max_receive_message_length": -1,
  "grpc.max_send_message_length": -1,
  "grpc.enable_channelz": 0,
});
server.addService({ Infer: method }, { Infer: (_call, respond) => respond(null, answer) });
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(port);
});
