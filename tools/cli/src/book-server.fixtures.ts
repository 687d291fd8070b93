import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSchema, graphql } from 'graphql';
import { BookInMemory } from './book-in-memory.fixtures';

/** The part of the public contract that an import may use; anything else is an error, as on a real server. */
const schema = buildSchema(`
  scalar DateTime
  type Query {
    me: Me!
    charger(serial: ID!): Charger
    backplate(id: ID!): Backplate
    circuit(id: ID!): Circuit
    site(id: ID!): Site
  }
  type Me { id: ID! kind: String! }
  type Site { id: ID! name: String! timeZone: String! }
  type Circuit { id: ID! site: Site! }
  type Backplate { id: ID! circuit: Circuit }
  type Charger {
    serial: ID!
    placements(knownAt: DateTime, first: Int, after: String, last: Int, before: String): PlacementConnection!
    sessions(from: DateTime, to: DateTime, knownAt: DateTime, first: Int, after: String, last: Int, before: String): SessionConnection
  }
  type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
  type Placement { serial: ID! backplateId: ID! siteId: ID! mountedAt: DateTime! dismountedAt: DateTime }
  type PlacementConnection { nodes: [Placement!]! pageInfo: PageInfo! totalCount: Int! }
  type Session { id: ID! startedAt: DateTime! endedAt: DateTime energyWattHours: Float driverReference: String }
  type SessionConnection { nodes: [Session!]! pageInfo: PageInfo! totalCount: Int! }

  input CommandOptions { commandId: ID occurredAt: DateTime reason: String dryRun: Boolean }
  interface CommandResult { commandId: ID! dryRun: Boolean! }
  type Notice { code: String! message: String! }
  type Receipt implements CommandResult { commandId: ID! dryRun: Boolean! notices: [Notice!]! }
  type Rejection implements CommandResult { commandId: ID! dryRun: Boolean! code: String! message: String! }

  enum GridType { TN TT IT }
  enum Destination { STORE REPAIR TRANSIT SCRAP UNKNOWN }
  input RegisterSiteInput { id: ID! name: String! address: String timeZone: String! gridType: GridType = TN ratedCurrentAmps: Float operator: ID }
  input AddCircuitInput { id: ID! site: ID! name: String fuseRatingAmps: Float parent: ID }
  input InstallBackplateInput { id: ID! circuit: ID! label: String }
  input RegisterChargerInput { serial: ID! model: String ratedCurrentAmps: Float operator: ID }
  input MountChargerInput { charger: ID! backplate: ID! }
  input DismountChargerInput { charger: ID! destination: Destination = STORE }
  enum ObservationKind { POWER_LOST POWER_RESTORED CONNECTIVITY_LOST CONNECTIVITY_RESTORED CAR_CONNECTED CAR_DISCONNECTED SESSION_ENERGY FAULT_RAISED FAULT_CLEARED }
  input ObservationInput { id: ID charger: ID! kind: ObservationKind! occurredAt: DateTime! deviceSequence: Int sessionId: ID energyWattHours: Float driverReference: String fault: String }
  input RecordObservationsInput { observations: [ObservationInput!]! }

  type Mutation {
    registerSite(input: RegisterSiteInput!, options: CommandOptions): CommandResult!
    addCircuit(input: AddCircuitInput!, options: CommandOptions): CommandResult!
    installBackplate(input: InstallBackplateInput!, options: CommandOptions): CommandResult!
    registerCharger(input: RegisterChargerInput!, options: CommandOptions): CommandResult!
    mountCharger(input: MountChargerInput!, options: CommandOptions): CommandResult!
    dismountCharger(input: DismountChargerInput!, options: CommandOptions): CommandResult!
    relocateCharger(input: MountChargerInput!, options: CommandOptions): CommandResult!
    recordObservations(input: RecordObservationsInput!, dryRun: Boolean = false): [CommandResult!]!
  }
`);

/** What a request is to suffer: its answer is lost after the work, or it is turned away before it. */
export type Fault = 'LOST_ANSWER' | 'OVERLOADED';

/** A book in memory behind HTTP on loopback, which speaks the contract and remembers what it was sent. */
export class BookServer {
  static readonly token = 'a-token-for-tests';
  readonly book = new BookInMemory();
  readonly requests: {
    headers: IncomingMessage['headers'];
    query: string;
    variables: Record<string, unknown>;
  }[] = [];
  /** The fault of the next requests, one each. */
  faults: (Fault | undefined)[] = [];

  private constructor(private readonly http: Server) {}

  static async start(): Promise<BookServer> {
    const http = createServer();
    const server = new BookServer(http);
    http.on('request', (request, response) => void server.answer(request, response));
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}/graphql`;
  }

  async stop(): Promise<void> {
    this.http.closeAllConnections();
    await new Promise((resolve) => this.http.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const fault = this.faults.shift();
    if (fault === 'OVERLOADED') {
      response.writeHead(503).end('busy');
      return;
    }
    if (request.headers.authorization !== `Bearer ${BookServer.token}`) {
      const error = { message: 'No such credential', extensions: { code: 'UNAUTHENTICATED' } };
      response
        .writeHead(401, { 'content-type': 'application/json' })
        .end(JSON.stringify({ errors: [error] }));
      return;
    }
    const body = JSON.parse(Buffer.concat(chunks).toString()) as {
      query: string;
      variables: Record<string, unknown>;
    };
    this.requests.push({ headers: request.headers, ...body });
    const answer = await graphql({
      schema,
      source: body.query,
      variableValues: body.variables,
      rootValue: this.book,
    });
    if (fault === 'LOST_ANSWER') response.destroy();
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }
}
