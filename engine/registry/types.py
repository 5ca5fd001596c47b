"""The four kinds of registry row: subjects, carriers, inspectors, items.

The words of the enumerations are the regulation's own, because rules compare them as written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias

LONG_TERM = date(9999, 12, 31)  # a certificate 「长期有效」


class RegistryKind(StrEnum):
    SUBJECTS = "subjects"
    CARRIERS = "carriers"
    INSPECTORS = "inspectors"
    ITEMS = "items"
    INSTITUTIONS = "institutions"


class SubjectKind(StrEnum):
    ENTERPRISE = "企业"
    SOLE_TRADER = "个体工商户"
    COOPERATIVE = "农专社"
    INSTITUTION = "事业单位"
    SOCIAL = "社会组织"
    UNLICENSED = "无证无照"
    OTHER = "其他主体"


class Category(StrEnum):
    """Which general registry a subject belongs to (PJ 任务 4)."""

    PROFIT = "营利"
    NON_PROFIT = "非营利"


class SubjectStatus(StrEnum):
    ACTIVE = "存续"
    DEREGISTERED = "注销"
    LICENCE_REVOKED = "吊销"
    ANNULLED = "撤销"
    MOVED_OUT = "迁出"
    SUSPENDED = "停业"


class RiskTier(StrEnum):
    """Credit risk as taken in, never computed: the four national tiers or three local grades."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    LOW = "低"
    MEDIUM = "中"
    HIGH = "高"
    UNCLASSIFIED = "未分类"


class CreditLevel(StrEnum):
    HIGH = "高"
    MEDIUM = "中"
    LOW = "低"
    UNRATED = "未评定"


class KeyIndustry(StrEnum):
    """The industries PJ 任务 13 names; whether one makes a key subject is the rules' question."""

    FOOD_AND_DRUGS = "食品药品"
    WORK_SAFETY = "安全生产"
    ENVIRONMENT = "生态环境"
    OTHER = "其他行业"


class CarrierType(StrEnum):
    PRODUCT = "产品"
    PROJECT = "项目"
    PREMISES = "场所"
    POINT = "点位"


class InspectorClass(StrEnum):
    """The three classes of staff (CY 三（五）, PJ 任务 5)."""

    CIVIL_SERVANT = "行政执法类公务员"
    QUALIFIED = "具备行政执法资格人员"
    ROUTINE = "日常从事监管工作人员"


class PositionRank(StrEnum):
    SECTION_HEAD = "内设机构负责人"
    SENIOR = "资深执法检查人员"
    ORDINARY = "一般人员"


class Validity(StrEnum):
    """有效 / 失效 of carriers and inspectors; 失效 is never drawn."""

    VALID = "有效"
    INVALID = "失效"


class ItemClass(StrEnum):
    GENERAL = "一般"
    KEY = "重点"


class ItemStatus(StrEnum):
    ACTIVE = "有效"
    DRAFT = "草稿"
    RETIRED = "停用"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Someone who may be inspected; `subject_id` is the USCC, a 15-digit number or issued here.

    A flag that no source has stated is None: unknown, which a rule answers with 待查."""

    subject_id: str
    name: str
    kind: SubjectKind
    uscc: str | None = None
    registration_no: str | None = None
    category: Category = Category.PROFIT
    status: SubjectStatus = SubjectStatus.ACTIVE
    district: str = ""
    address: str = ""
    industry: str = ""
    legal_person: str = ""
    phone: str = ""
    risk_tier: RiskTier = RiskTier.UNCLASSIFIED
    tier_source: str = ""
    tier_date: date | None = None
    credit_level: CreditLevel = CreditLevel.UNRATED
    key_industry: KeyIndustry | None = None
    abnormal_listed: bool | None = None
    repeated_complaints: bool | None = None
    serious_violation: bool | None = None
    special_key_field: bool | None = None
    key_grounds: tuple[str, ...] = ()
    registered_on: date | None = None
    regulators: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    source: str = ""

    @property
    def row_id(self) -> str:
        return self.subject_id

    @property
    def key_subject(self) -> bool:
        """Return whether it is listed as 重点检查对象, which takes a recorded ground (PJ 13)."""
        return bool(self.key_grounds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """A product, project, premises or point that may be drawn; it hangs on one subject or more."""

    carrier_id: str
    name: str
    carrier_type: CarrierType
    subjects: tuple[str, ...]
    district: str = ""
    address: str = ""
    risk_tier: RiskTier = RiskTier.UNCLASSIFIED
    status: Validity = Validity.VALID
    regulators: tuple[str, ...] = ()
    source: str = ""

    @property
    def row_id(self) -> str:
        return self.carrier_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspector:
    """A person who may be drawn; only a certificate valid on the day makes one of two officers."""

    inspector_id: str
    name: str
    department: str
    inspector_class: InspectorClass
    certificate_no: str = ""
    certificate_issuer: str = ""
    certificate_until: date | None = None
    position_rank: PositionRank = PositionRank.ORDINARY
    position_title: str = ""
    items: tuple[str, ...] = ()
    level: str = ""
    district: str = ""
    expert: bool = False
    phone: str = ""
    status: Validity = Validity.VALID
    login: str | None = None
    source: str = ""

    @property
    def row_id(self) -> str:
        return self.inspector_id

    def is_certified(self, on: date) -> bool:
        """Return whether the certificate is valid on `on`; its last day is still valid."""
        until = self.certificate_until
        return bool(self.certificate_no) and until is not None and on <= until


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One entry of the published list of what may be inspected (CY 三（三）, PJ 任务 3)."""

    item_code: str
    name: str
    department: str
    item_class: ItemClass
    basis: str = ""
    content: str = ""
    method: str = ""
    standard: str = ""
    disposition: str = ""
    list_sources: tuple[str, ...] = ()
    ratio: str = ""
    frequency: str = ""
    impl_item_code: str = ""
    check_subjects: str = ""
    level: str = ""
    fields: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    status: ItemStatus = ItemStatus.ACTIVE
    full_coverage: bool = False
    full_coverage_ground: str = ""
    source: str = ""

    @property
    def row_id(self) -> str:
        return self.item_code


@dataclass(frozen=True, slots=True, kw_only=True)
class Institution:
    """An outside body that tests or inspects under contract (委托专业机构), with what it reported.

    A report is known by the SHA-256 of its file; one found false later is named again under
    `false_reports`, with the ground: an exemption may rest on it (E4)."""

    institution_id: str
    name: str
    department: str
    qualification: str = ""
    qualification_until: date | None = None
    scope: str = ""
    items: tuple[str, ...] = ()
    contract_no: str = ""
    contract_from: date | None = None
    contract_until: date | None = None
    contract_hash: str = ""
    reports: tuple[str, ...] = ()
    false_reports: tuple[str, ...] = ()
    falsity_ground: str = ""
    status: Validity = Validity.VALID
    source: str = ""

    @property
    def row_id(self) -> str:
        return self.institution_id

    def may_act(self, on: date) -> bool:
        """Return whether contract and qualification both stand on a day, last days included."""
        begun = self.contract_from is None or self.contract_from <= on
        ends = (self.contract_until, self.qualification_until)
        stands = all(until is not None and on <= until for until in ends)
        return self.status is Validity.VALID and begun and stands


Row: TypeAlias = Subject | Carrier | Inspector | Item | Institution
RowType: TypeAlias = (
    type[Subject] | type[Carrier] | type[Inspector] | type[Item] | type[Institution]
)

ROW_TYPES: dict[RegistryKind, RowType] = {
    RegistryKind.SUBJECTS: Subject,
    RegistryKind.CARRIERS: Carrier,
    RegistryKind.INSPECTORS: Inspector,
    RegistryKind.ITEMS: Item,
    RegistryKind.INSTITUTIONS: Institution,
}
