/** The part of JSON Schema that Calico's CRDs use (`spec.versions[].schema.openAPIV3Schema`). */
export interface Schema {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'boolean';
  readonly enum?: readonly string[];
  /** Go RE2 syntax, searched for in the value. */
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly default?: string;
  readonly 'x-kubernetes-int-or-string'?: boolean;
}
