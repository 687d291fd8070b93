import type { Server } from 'node:http';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import type { SocketParts } from './socket-server';
import { SocketServer } from './socket-server';

/** Token of what subscriptions need, but for the schema. */
export const SOCKET_PARTS = Symbol('SOCKET_PARTS');

/** Opens the door for WebSockets when the server begins, and closes it before the server ends. */
@Injectable()
export class Subscriptions implements OnApplicationBootstrap, OnModuleDestroy {
  private server: SocketServer | undefined;

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly schema: GraphQLSchemaHost,
    @Inject(SOCKET_PARTS) private readonly parts: Omit<SocketParts, 'schema'>,
  ) {}

  onApplicationBootstrap(): void {
    const http = this.host.httpAdapter.getHttpServer() as Server;
    this.server = new SocketServer(http, { ...this.parts, schema: this.schema.schema });
  }

  async onModuleDestroy(): Promise<void> {
    await this.server?.close();
  }
}
