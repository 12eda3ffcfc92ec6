// Reads requests (JSON) from standard input and tells what a receiver with the official libraries makes of them.
const { HTTP } = require("cloudevents");
const { Webhook, WebhookVerificationError } = require("standardwebhooks");

function verified({ secret, headers, body }) {
  try {
    new Webhook(secret).verify(body, headers, { jsonParse: false });
    return true;
  } catch (error) {
    if (error instanceof WebhookVerificationError) {
      return false;
    }
    throw error;
  }
}

function events({ headers, body }) {
  return [].concat(HTTP.toEvent({ headers, body })).map((event) => ({ ...event.toJSON(), data: event.data }));
}

const requests = JSON.parse(require("fs").readFileSync(0, "utf8"));
const answers = requests.map((request) => ({
  verified: verified(request),
  events: request.cloudEvent ? events(request) : [],
}));
process.stdout.write(JSON.stringify(answers));
