import type { Validate } from "../middleware/schema-errors.ts";
import type {
  Discard,
  Edit,
  GroupFailed,
  ListFailed,
  Redrive,
  RedriveMany,
  Republish,
  Undo,
} from "./operator-schemas.ts";

export const isListFailed: Validate<ListFailed>;
export const isGroupFailed: Validate<GroupFailed>;
export const isRedrive: Validate<Redrive>;
export const isEdit: Validate<Edit>;
export const isDiscard: Validate<Discard>;
export const isUndo: Validate<Undo>;
export const isRedriveMany: Validate<RedriveMany>;
export const isRepublish: Validate<Republish>;
