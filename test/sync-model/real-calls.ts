/** Single calls to kube-apiserver, whose refusals are answers too. */
import { ApiError } from '../control-plane/api-error.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import type { Kind, ModelObject } from './api-model.ts';

/** Code and reason of an answer, and the object that it brought. */
export interface Heard {
  readonly code: number;
  readonly reason: string;
  readonly object?: ModelObject;
}

export type Send = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown) => Promise<Heard>;

/** Speaks as the administrator. */
export function sender(plane: ControlPlane): Send {
  return async (method, path, body) => {
    try {
      const { status, body: object } = await plane.client.request(method, path, body);
      return { code: status, reason: '', object: object as ModelObject };
    } catch (error) {
      if (error instanceof ApiError) return { code: error.status, reason: error.reason };
      throw error;
    }
  };
}

export const collectionOf = (namespace: string, kind: Kind): string =>
  `/api/v1/namespaces/${namespace}/${kind === 'ConfigMap' ? 'configmaps' : 'services'}`;
