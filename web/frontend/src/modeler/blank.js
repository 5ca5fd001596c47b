// What a new drawing begins with: one pool, one lane, a start and an end.
import { say } from '../common/language.js';

export const blank = () => `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" id="definitions" targetNamespace="urn:shuangsuiji:workflows">
  <bpmn:collaboration id="collaboration">
    <bpmn:participant id="pool" name="${say('新流程', 'New process')}" processRef="new_process" />
  </bpmn:collaboration>
  <bpmn:process id="new_process" name="${say('新流程', 'New process')}" isExecutable="true">
    <bpmn:laneSet id="lanes">
      <bpmn:lane id="lane_1"><bpmn:flowNodeRef>begin</bpmn:flowNodeRef><bpmn:flowNodeRef>finish</bpmn:flowNodeRef></bpmn:lane>
    </bpmn:laneSet>
    <bpmn:startEvent id="begin" name="${say('开始', 'Start')}" />
    <bpmn:endEvent id="finish" name="${say('办结', 'Done')}" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement="collaboration">
    <bpmndi:BPMNShape id="pool_di" bpmnElement="pool" isHorizontal="true"><dc:Bounds x="160" y="80" width="900" height="200" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="lane_1_di" bpmnElement="lane_1" isHorizontal="true"><dc:Bounds x="190" y="80" width="870" height="200" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="begin_di" bpmnElement="begin"><dc:Bounds x="250" y="162" width="36" height="36" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="finish_di" bpmnElement="finish"><dc:Bounds x="960" y="162" width="36" height="36" /></bpmndi:BPMNShape>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>
`;
