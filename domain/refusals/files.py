"""A file is not taken in."""

from domain.refusals.refusal import Refusal


class FileTooLarge(Refusal):
    title = "This file is larger than 5 MB."
    next_action = "Scan or photograph it with a lower resolution, or share it in parts."
    kind = "too_large"


class FileKindRefused(Refusal):
    title = "This file is no PDF, JPEG or PNG."
    next_action = "Save it as a PDF, or take a photo of it, and share that."
    kind = "invalid"


class FileUnreadable(Refusal):
    title = "This file is damaged, or not what its beginning says."
    next_action = "Save or scan it anew, or share a photo of it."
    kind = "invalid"


class PictureTooLarge(Refusal):
    title = "This picture has more pixels than we can take."
    next_action = "Make it smaller than 40 megapixels and share it again."
    kind = "too_large"


class FileUnfoldsTooFar(Refusal):
    title = "This file becomes far larger when it is opened."
    next_action = "Print it to a new PDF, or share photos of its pages."
    kind = "too_large"


class TooManyPages(Refusal):
    title = "This PDF has more than 300 pages."
    next_action = "Share the pages that matter, or several parts."
    kind = "too_large"


class FileEncrypted(Refusal):
    title = "This PDF is protected by a password."
    next_action = "Save it without a password and share it again; only your care team can open it here."
    kind = "invalid"


class FileActive(Refusal):
    title = "This PDF holds scripts, forms or actions that run."
    next_action = "Print it to a new PDF and share that: the pages stay as they are."
    kind = "invalid"


class FileCarriesFiles(Refusal):
    title = "Other files are packed into this PDF."
    next_action = "Share each of them by itself, and a PDF without them."
    kind = "invalid"


class DocumentsFull(Refusal):
    title = "You share as many documents as there is room for."
    next_action = "Take back one that is no longer needed, then share this one."
